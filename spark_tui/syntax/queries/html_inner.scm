; A capture is named after the inner language.

(script_element (raw_text) @javascript)
(style_element (raw_text) @css)
