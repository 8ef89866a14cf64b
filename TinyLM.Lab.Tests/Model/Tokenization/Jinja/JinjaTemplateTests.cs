using TinyLM.Model.Tokenization.Jinja;

namespace TinyLM.Lab.Tests.Model.Tokenization.Jinja;

/// <summary>Templates as Python's Jinja2 3.1.6 renders them in the environment of Hugging Face's transformers; the first are those of well-known models.</summary>
public class JinjaTemplateTests
{
    private static readonly (string Role, string Content)[][] s_conversations =
    [
        [("user", "Hi!")],
        [("system", " Be brief.\n"), ("user", "Who is \"there\"?"), ("assistant", " <think>\nhm\n</think>\n\nA fox. "), ("user", "Why?\n")],
    ];

    private static readonly Dictionary<string, string> s_templates = new()
    {
        ["ChatML"] = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
        ["Qwen2"] = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
        ["Zephyr"] = "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
        ["Llama2"] = "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
        ["Llama3"] = "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
        ["Gemma"] = "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
        ["Phi3"] = "{% for message in messages %}{% if message['role'] == 'system' %}{{'<|system|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'assistant' %}{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}",
        ["Llama31"] = "{{- bos_token }}\n{%- if custom_tools is defined %}\n    {%- set tools = custom_tools %}\n{%- endif %}\n{%- if not date_string is defined %}\n    {%- if strftime_now is defined %}\n        {%- set date_string = strftime_now(\"%d %b %Y\") %}\n    {%- else %}\n        {%- set date_string = \"26 Jul 2024\" %}\n    {%- endif %}\n{%- endif %}\n{%- if not tools is defined %}\n    {%- set tools = none %}\n{%- endif %}\n\n{#- This block extracts the system message, so we can slot it into the right place. #}\n{%- if messages[0]['role'] == 'system' %}\n    {%- set system_message = messages[0]['content']|trim %}\n    {%- set messages = messages[1:] %}\n{%- else %}\n    {%- set system_message = \"\" %}\n{%- endif %}\n\n{#- System message #}\n{{- \"<|start_header_id|>system<|end_header_id|>\\n\\n\" }}\n{%- if tools is not none %}\n    {{- \"Environment: ipython\\n\" }}\n{%- endif %}\n{{- \"Cutting Knowledge Date: December 2023\\n\" }}\n{{- \"Today Date: \" + date_string + \"\\n\\n\" }}\n{{- system_message }}\n{{- \"<|eot_id|>\" }}\n\n{%- for message in messages %}\n    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}\n        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}\n    {%- elif 'tool_calls' in message %}\n        {%- if not message.tool_calls|length == 1 %}\n            {{- raise_exception(\"This model only supports single tool-calls at once!\") }}\n        {%- endif %}\n        {%- set tool_call = message.tool_calls[0].function %}\n        {{- '{\"name\": \"' + tool_call.name + '\", \"parameters\": ' }}\n        {{- tool_call.arguments | tojson }}\n    {%- endif %}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}\n{%- endif %}\n",
        ["Qwen3"] = "{%- if messages[0].role == 'system' %}\n    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}\n{%- endif %}\n{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}\n{%- for message in messages[::-1] %}\n    {%- set index = (messages|length - 1) - loop.index0 %}\n    {%- if ns.multi_step_tool and message.role == \"user\" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}\n        {%- set ns.multi_step_tool = false %}\n        {%- set ns.last_query_index = index %}\n    {%- endif %}\n{%- endfor %}\n{%- for message in messages %}\n    {%- if (message.role == \"user\") or (message.role == \"system\" and not loop.first) %}\n        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n    {%- elif message.role == \"assistant\" %}\n        {%- set reasoning_content = '' %}\n        {%- set content = message.content %}\n        {%- if '</think>' in content %}\n            {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}\n            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}\n        {%- endif %}\n        {%- if loop.index0 > ns.last_query_index and (loop.last or (not loop.last and reasoning_content)) %}\n            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}\n        {%- else %}\n            {{- '<|im_start|>' + message.role + '\\n' + content }}\n        {%- endif %}\n        {{- '<|im_end|>\\n' }}\n    {%- endif %}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n    {%- if enable_thinking is defined and enable_thinking is false %}\n        {{- '<think>\\n\\n</think>\\n\\n' }}\n    {%- endif %}\n{%- endif %}\n",
        ["blanks"] = "  {% if true %}\n  a\n  {% endif %}\nb {%+ if true %} c {% endif +%}\n{# note #}\n   {{ 1 }}\n {{- 2 -}} \n 3\n\t{% for i in range(3) -%}\n {{ i }},\n{% endfor %}\n  {% set x %}in {{ 4 }}\n{% endset %}{{ x }}end\n",
        ["expressions"] = "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 * 3 + 1 }} {{ 1 ~ 2 * 3 }} {{ 1 < 2 < 3 }} {{ not 1 in [1] }} {{ 'b' not in 'abc' }} {{ none }} {{ [1, 'a', none, true, 2.5] }} {{ {'k': [1]} }} {{ 'yes' if missing is defined else 'no' }} {{ missing | default('d') }} {{ '' | default('e', true) }} {{ 'abc'[1] }} {{ 'abc'[::-1] }} {{ [1,2,3][-1] }} {{ [1,2,3,4][1:3] }} {{ 'a,b,c'.split(',') | join('-') }} {{ ' x '.strip() }} {{ 'abc' | upper | first }} {{ [3,1] | length }} {{ messages | map(attribute='role') | join('/') }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | rejectattr('role', 'eq', 'user') | map(attribute='content') | list | tojson }} {{ {'a': {'b': [1, 'é\"']}} | tojson }} {{ {'a': [1, {}], 'c': []} | tojson(indent=2) }} {{ (1, 2) | last }} {{ 'it' ' is' }} {{ 3 is odd and 4 is divisibleby 2 }} {{ 'A b'.lower().title() }} {{ range(1, 10, 4) | list }} {{ {'x': 1}.items() | list | length }} {{ {'x': 1}.get('y', 9) }} {{ 1 == 1.0 }} {{ true and 'x' or 'y' }} {{ 'x' is string and missing is undefined }} {{ [1] + [2] }} {{ 'ab' * 2 }} {% for k, v in {'q': 1, 'r': 2}.items() %}{{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %} {% for n in range(9) if n is even %}{% if n == 6 %}{% break %}{% endif %}{% if n == 2 %}{% continue %}{% endif %}{{ n }}{% else %}none{% endfor %}{% for n in [] %}{% else %} empty{% endfor %} {{ loop is defined }}",
    };

    [Theory]
    [InlineData("ChatML", 0, true, "<|im_start|>user\nHi!<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("ChatML", 0, false, "<|im_start|>user\nHi!<|im_end|>\n")]
    [InlineData("ChatML", 1, true, "<|im_start|>system\n Be brief.\n<|im_end|>\n<|im_start|>user\nWho is \"there\"?<|im_end|>\n<|im_start|>assistant\n <think>\nhm\n</think>\n\nA fox. <|im_end|>\n<|im_start|>user\nWhy?\n<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("ChatML", 1, false, "<|im_start|>system\n Be brief.\n<|im_end|>\n<|im_start|>user\nWho is \"there\"?<|im_end|>\n<|im_start|>assistant\n <think>\nhm\n</think>\n\nA fox. <|im_end|>\n<|im_start|>user\nWhy?\n<|im_end|>\n")]
    [InlineData("Qwen2", 0, true, "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi!<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("Qwen2", 0, false, "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi!<|im_end|>\n")]
    [InlineData("Qwen2", 1, true, "<|im_start|>system\n Be brief.\n<|im_end|>\n<|im_start|>user\nWho is \"there\"?<|im_end|>\n<|im_start|>assistant\n <think>\nhm\n</think>\n\nA fox. <|im_end|>\n<|im_start|>user\nWhy?\n<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("Qwen2", 1, false, "<|im_start|>system\n Be brief.\n<|im_end|>\n<|im_start|>user\nWho is \"there\"?<|im_end|>\n<|im_start|>assistant\n <think>\nhm\n</think>\n\nA fox. <|im_end|>\n<|im_start|>user\nWhy?\n<|im_end|>\n")]
    [InlineData("Zephyr", 0, true, "<|user|>\nHi!</s>\n<|assistant|>\n")]
    [InlineData("Zephyr", 0, false, "<|user|>\nHi!</s>\n")]
    [InlineData("Zephyr", 1, true, "<|system|>\n Be brief.\n</s>\n<|user|>\nWho is \"there\"?</s>\n<|assistant|>\n <think>\nhm\n</think>\n\nA fox. </s>\n<|user|>\nWhy?\n</s>\n<|assistant|>\n")]
    [InlineData("Zephyr", 1, false, "<|system|>\n Be brief.\n</s>\n<|user|>\nWho is \"there\"?</s>\n<|assistant|>\n <think>\nhm\n</think>\n\nA fox. </s>\n<|user|>\nWhy?\n</s>\n")]
    [InlineData("Llama2", 0, true, "<s>[INST] Hi! [/INST]")]
    [InlineData("Llama2", 0, false, "<s>[INST] Hi! [/INST]")]
    [InlineData("Llama2", 1, true, "<s>[INST] <<SYS>>\n Be brief.\n\n<</SYS>>\n\nWho is \"there\"? [/INST] <think>\nhm\n</think>\n\nA fox. </s><s>[INST] Why? [/INST]")]
    [InlineData("Llama2", 1, false, "<s>[INST] <<SYS>>\n Be brief.\n\n<</SYS>>\n\nWho is \"there\"? [/INST] <think>\nhm\n</think>\n\nA fox. </s><s>[INST] Why? [/INST]")]
    [InlineData("Llama3", 0, true, "<s><|start_header_id|>user<|end_header_id|>\n\nHi!<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("Llama3", 0, false, "<s><|start_header_id|>user<|end_header_id|>\n\nHi!<|eot_id|>")]
    [InlineData("Llama3", 1, true, "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho is \"there\"?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n<think>\nhm\n</think>\n\nA fox.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("Llama3", 1, false, "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho is \"there\"?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n<think>\nhm\n</think>\n\nA fox.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>")]
    [InlineData("Gemma", 0, true, "<s><start_of_turn>user\nHi!<end_of_turn>\n<start_of_turn>model\n")]
    [InlineData("Gemma", 0, false, "<s><start_of_turn>user\nHi!<end_of_turn>\n")]
    [InlineData("Gemma", 1, true, "! System role not supported")]
    [InlineData("Gemma", 1, false, "! System role not supported")]
    [InlineData("Phi3", 0, true, "<|user|>\nHi!<|end|>\n<|assistant|>\n")]
    [InlineData("Phi3", 0, false, "<|user|>\nHi!<|end|>\n</s>")]
    [InlineData("Phi3", 1, true, "<|system|>\n Be brief.\n<|end|>\n<|user|>\nWho is \"there\"?<|end|>\n<|assistant|>\n <think>\nhm\n</think>\n\nA fox. <|end|>\n<|user|>\nWhy?\n<|end|>\n<|assistant|>\n")]
    [InlineData("Phi3", 1, false, "<|system|>\n Be brief.\n<|end|>\n<|user|>\nWho is \"there\"?<|end|>\n<|assistant|>\n <think>\nhm\n</think>\n\nA fox. <|end|>\n<|user|>\nWhy?\n<|end|>\n</s>")]
    [InlineData("Llama31", 0, true, "<s><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 14 Mar 2026\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi!<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("Llama31", 0, false, "<s><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 14 Mar 2026\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi!<|eot_id|>")]
    [InlineData("Llama31", 1, true, "<s><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 14 Mar 2026\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho is \"there\"?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n<think>\nhm\n</think>\n\nA fox.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("Llama31", 1, false, "<s><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 14 Mar 2026\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho is \"there\"?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n<think>\nhm\n</think>\n\nA fox.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>")]
    [InlineData("Qwen3", 0, true, "<|im_start|>user\nHi!<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("Qwen3", 0, false, "<|im_start|>user\nHi!<|im_end|>\n")]
    [InlineData("Qwen3", 1, true, "<|im_start|>system\n Be brief.\n<|im_end|>\n<|im_start|>user\nWho is \"there\"?<|im_end|>\n<|im_start|>assistant\nA fox. <|im_end|>\n<|im_start|>user\nWhy?\n<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("Qwen3", 1, false, "<|im_start|>system\n Be brief.\n<|im_end|>\n<|im_start|>user\nWho is \"there\"?<|im_end|>\n<|im_start|>assistant\nA fox. <|im_end|>\n<|im_start|>user\nWhy?\n<|im_end|>\n")]
    [InlineData("blanks", 1, true, "  a\nb  c \n   123\n0,\n1,\n2,\nin 4\nend")]
    [InlineData("expressions", 1, true, "3 -4 2 3.5 7 16 True False False None [1, 'a', None, True, 2.5] {'k': [1]} no d e b cba 3 [2, 3] a-b-c x A 2 system/user/assistant/user 2 [\" Be brief.\\n\", \" <think>\\nhm\\n</think>\\n\\nA fox. \"] {\"a\": {\"b\": [1, \"é\\\"\"]}} {\n  \"a\": [\n    1,\n    {}\n  ],\n  \"c\": []\n} 2 it is True A B [1, 5, 9] 1 9 True x True [1, 2] abab q=1, r=2 04 empty False")]
    public void Render_AsJinja2(string template, int conversation, bool asks, string expected)
    {
        string text;
        try
        {
            text = Render(s_templates[template], s_conversations[conversation], asks);
        }
        catch (TemplateException e)
        {
            text = e.Message.Replace("The model's chat template refuses the conversation:", "!", StringComparison.Ordinal);
        }

        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("{% if x %}", "Line 1 of the template: the template ends where '{%' was expected")]
    [InlineData("a\n{{ x", "Line 2 of the template: the tag '{{' is never closed")]
    [InlineData("{{ 'x }}", "the text is never closed")]
    [InlineData("{{ x | sort }}", "the filter 'sort' is not supported; there are capitalize")]
    [InlineData("{{ x is prime }}", "the test 'prime' is not supported")]
    [InlineData("{% include 'x' %}", "the tag 'include' is not supported")]
    [InlineData("{% endif %}", "the tag 'endif' is not supported here")]
    [InlineData("{{ 1 + }}", "expected a value, found '}}'")]
    [InlineData("{{ x.y.z }}", "asks for 'y' of 'x', which is not defined")]
    [InlineData("{{ x() }}", "calls 'x', which is not defined, which is no function")]
    [InlineData("{{ 1 + 'a' }}", "calculates with a text")]
    [InlineData("{{ 1 // 0 }}", "divides by 0")]
    [InlineData("{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}", "takes more than 1,000,000 steps")]
    [InlineData("{{ 'abcdefghij' * 100000 }}{{ 'abcdefghij' * 100000 }}{{ 'abcdefghij' * 100000 }}{{ 'abcdefghij' * 100000 }}{{ 'a' }}", "writes more than 4,000,000 characters")]
    [InlineData("{{ messages.append(1) }}", "which is no function")]
    public void Render_WhatCannotBeFollowed_SaysWhatAndWhere(string template, string words) =>
        Assert.Contains(words, Assert.Throws<TemplateException>(() => Render(template, [], asks: true)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("[", "]")]
    public void Parse_ThingsInEachOtherWithoutEnd_IsRefused(string open, string close) =>
        Assert.Contains("lie in each other", Assert.Throws<TemplateException>(() => JinjaTemplate.Parse($"{{{{ {string.Concat(Enumerable.Repeat(open, 100_000))}1{string.Concat(Enumerable.Repeat(close, 100_000))} }}}}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AnyBeginningOfATemplate_IsReadOrRefusedInWords()
    {
        foreach (var template in s_templates.Values)
        {
            for (var length = 0; length < template.Length; length += 3)
            {
                try
                {
                    Render(template[..length], s_conversations[1], asks: true);
                }
                catch (TemplateException e)
                {
                    Assert.Contains("emplate", e.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    private static string Render(string template, (string Role, string Content)[] conversation, bool asks) => JinjaTemplate.Parse(template).Render(
        new Dictionary<string, object?>
        {
            ["messages"] = conversation.Select(message => (object?)new Dictionary<string, object?> { ["role"] = message.Role, ["content"] = message.Content }).ToList(),
            ["add_generation_prompt"] = asks,
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
        },
        new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero));
}
