// The `openai` package from npm as a client of our server; prints one JSON object.
import { createRequire } from "node:module";

const require = createRequire(process.env.SPARK_TUI_NODE_ROOT + "/");
const { OpenAI } = require("openai");
const { ResponsesWS } = require("openai/resources/responses/ws");
const [base, key, tool] = process.argv.slice(2);
const client = new OpenAI({ baseURL: base, apiKey: key });
const told = { version: require("openai/version").VERSION };

const socket = new ResponsesWS(client);
let send;
const opened = new Promise((resolve) => (send = resolve));
const turn = (fields) =>
  new Promise((resolve, reject) => {
    const events = [];
    const take = (event) => {
      events.push(event);
      if (["response.completed", "response.failed", "error"].includes(event.type)) {
        socket.off("event", take);
        resolve(events);
      }
    };
    socket.on("event", take);
    socket.on("error", reject);
    socket.send({ type: "response.create", model: "m", store: false, ...fields });
  });
socket.socket.on ? socket.socket.on("open", send) : send();
await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, 500))]);
const first = await turn({ input: "edit", tools: [JSON.parse(tool)] });
const response = first.at(-1).response;
const call = response.output.at(-1);
const output = { type: "custom_tool_call_output", call_id: call.call_id, output: "accepted" };
const second = await turn({ input: [output], previous_response_id: response.id });
told.patch = first.filter((event) => event.type.endsWith("input.delta")).map((event) => event.delta).join("");
told.after = second.filter((event) => event.type.endsWith("text.delta")).map((event) => event.delta).join("");
socket.close();

const stream = await client.responses.create({ model: "m", input: "say hello there", stream: true, store: false });
told.streamed = "";
for await (const event of stream) if (event.type === "response.output_text.delta") told.streamed += event.delta;
told.whole = (await client.responses.create({ model: "m", input: "say whole" })).output_text;
const messages = [{ role: "user", content: "say chat" }];
told.chat = "";
for await (const chunk of await client.chat.completions.create({ model: "m", messages, stream: true }))
  told.chat += chunk.choices[0]?.delta?.content ?? "";
told.models = (await client.models.list()).data.map((model) => model.id);
console.log(JSON.stringify(told));
process.exit(0);
