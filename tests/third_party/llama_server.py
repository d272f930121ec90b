"""Runs llama.cpp's own server with a tiny model of random weights; needs `xllamacpp` and `gguf`, and no download.

It prints the address when it is ready and ends with its standard input. The model babbles, which is enough for
everything that is about the server: what it takes, how it streams, how it ends.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# Names of packages that are not ours to have.
gguf: Any = import_module("gguf")
np: Any = import_module("numpy")
xllamacpp: Any = import_module("xllamacpp")

WIDTH, HEADS, FEED, CONTEXT = 64, 4, 128, 16384
WORDS = [
    " the",
    " code",
    " a",
    " is",
    " and",
    " line",
    " of",
    " it",
    " so",
    "\n",
    " change",
    " file",
    " name",
]


def vocabulary() -> list[tuple[str, float, Any]]:
    """Control tokens, every byte, a few words."""
    control = [(name, 0.0, gguf.TokenType.CONTROL) for name in ("<unk>", "<s>", "</s>")]
    octets = [(f"<0x{byte:02X}>", -100.0, gguf.TokenType.BYTE) for byte in range(256)]
    letters = [(chr(code), -50.0, gguf.TokenType.NORMAL) for code in range(33, 127)]
    words = [(word.replace(" ", "\u2581"), -float(n), gguf.TokenType.NORMAL) for n, word in enumerate(WORDS)]
    return [*control, *octets, *letters, *words]


def write_model(path: Path) -> None:
    """Write a model of one layer with random weights that prefers words to bytes."""
    rng = np.random.default_rng(7)
    tokens = vocabulary()
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("babble")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text.encode() for text, _, _ in tokens])
    writer.add_token_scores([score for _, score, _ in tokens])
    writer.add_token_types([kind for _, _, kind in tokens])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)

    def weights(*shape: int) -> Any:
        return (rng.standard_normal(shape) * 0.05).astype(np.float32)

    out = weights(len(tokens), WIDTH)
    out[: -len(WORDS)] *= 0.01
    out[-len(WORDS) :] *= 20
    writer.add_tensor("token_embd.weight", weights(len(tokens), WIDTH))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    writer.add_tensor("output.weight", out)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", weights(WIDTH, WIDTH))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, dtype=np.float32))
    writer.add_tensor("blk.0.ffn_gate.weight", weights(FEED, WIDTH))
    writer.add_tensor("blk.0.ffn_up.weight", weights(FEED, WIDTH))
    writer.add_tensor("blk.0.ffn_down.weight", weights(WIDTH, FEED))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Write the model into the folder that is given, serve it, wait for the end of standard input."""
    model = Path(sys.argv[1]) / "babble.gguf"
    write_model(model)
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_predict = 60
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.use_jinja = True
    params.warmup = False
    params.cpuparams.n_threads = 2
    params.hostnames = ["127.0.0.1"]
    params.port = int(sys.argv[2])
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
