; A capture is named after the inner language, or `said` where `name` says it.

(inline) @paragraph
(pipe_table_cell) @paragraph
(fenced_code_block (info_string (language) @name) (code_fence_content) @said)
(html_block) @html
(minus_metadata) @yaml
(plus_metadata) @toml
