using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Library;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Pages.Tokenizers;

/// <summary>A conversation as the text and the ids that a model reads.</summary>
public sealed partial class ChatPage : IDisposable
{
    private const string Assistant = "assistant";

    private static readonly IReadOnlyList<ChatMessage> s_lecture = [new("Hi, how are you doing today?", "")];

    private static readonly IReadOnlyList<ChatMessage> s_conversation =
        [new("system", "You are a helpful assistant."), new("user", "What is a token?")];

    private static readonly IReadOnlyList<(string, string)> s_templates = [.. ChatTemplate.All.Select(template => (template.Name, template.Name))];

    private readonly CancellationTokenSource _disposal = new();
    private List<ChatMessage> _messages = [];
    private ChatTemplate _template = ChatTemplate.OpenAI;
    private bool _asks = true;
    private string _tokenizerId = "";
    private TextTokenizer? _tokenizer;
    private TokenizedText _tokens = TokenizedText.Empty;
    private HashSet<int> _specialIds = [];
    private string? _problem;
    private int _touched = -1;
    private long _asked;

    /// <summary>Id of the tokenizer.</summary>
    [SupplyParameterFromQuery(Name = "tokenizer")] public string? TokenizerInAddress { get; set; }

    /// <summary>Name of the template.</summary>
    [SupplyParameterFromQuery(Name = "template")] public string? TemplateInAddress { get; set; }

    /// <summary>Roles of the messages.</summary>
    [SupplyParameterFromQuery(Name = "role")] public string[]? RolesInAddress { get; set; }

    /// <summary>Contents of the messages, as many as there are roles.</summary>
    [SupplyParameterFromQuery(Name = "say")] public string[]? ContentsInAddress { get; set; }

    /// <summary><c>0</c> where the text ends with the last message.</summary>
    [SupplyParameterFromQuery(Name = "asks")] public string? AsksInAddress { get; set; }

    [Inject] private ITokenizerLibrary Library { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private ILogger<ChatPage> Logger { get; set; } = null!;

    private string TemplateHelp => $"{_template.Start}role{_template.Separator}content{_template.End}".Replace("\n", "↵", StringComparison.Ordinal);

    private IReadOnlyList<string> Unknown => _tokenizer is null ? []
        : [.. ((string[])[_template.Start, _template.Separator, _template.End]).Select(mark => mark.Trim()).Where(mark => mark.Length > 0 && _tokenizer.FindSpecial(mark) is null)];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var known = Library.List();
        _tokenizerId = known.FirstOrDefault(one => one.Id == TokenizerInAddress)?.Id ?? Preferred().Id;
        _template = ChatTemplate.All.FirstOrDefault(template => template.Name == TemplateInAddress) ?? _template;
        _asks = AsksInAddress != "0";
        _messages = RolesInAddress is { Length: > 0 } roles && ContentsInAddress is { } contents && contents.Length == roles.Length
            ? [.. roles.Zip(contents, (role, content) => new ChatMessage(role, content))]
            : [.. s_conversation];
        await CutAsync();
    }

    /// <summary>The tokenizer of the lecture, where the library has it.</summary>
    private TokenizerInfo Preferred() => Library.Find(BuiltInTokenizers.Gpt4oChat) ?? Library.List()[0];

    private async Task ShowAsync(IReadOnlyList<ChatMessage> messages)
    {
        (_messages, _template, _asks) = ([.. messages], ChatTemplate.OpenAI, true);
        if (messages == s_lecture && Preferred().Id is var id && id != _tokenizerId) (_tokenizerId, _tokenizer) = (id, null);
        await CutAsync();
    }

    private Task ChangeAsync(int at, ChatMessage message)
    {
        _messages[at] = message;
        return CutAsync();
    }

    private Task MoveUpAsync(int at)
    {
        (_messages[at - 1], _messages[at]) = (_messages[at], _messages[at - 1]);
        return CutAsync();
    }

    private Task RemoveAsync(int at)
    {
        _messages.RemoveAt(at);
        return CutAsync();
    }

    private Task AddAsync()
    {
        _messages.Add(new ChatMessage(_messages.LastOrDefault()?.Role == "user" ? Assistant : "user", ""));
        return CutAsync();
    }

    private Task ChooseAsksAsync(bool asks)
    {
        _asks = asks;
        return CutAsync();
    }

    private Task ChooseTemplateAsync(string name)
    {
        _template = ChatTemplate.All.First(template => template.Name == name);
        return CutAsync();
    }

    private Task ChooseTokenizerAsync(string id)
    {
        (_tokenizerId, _tokenizer) = (id, null);
        return CutAsync();
    }

    private async Task CutAsync()
    {
        var asked = ++_asked;
        try
        {
            var tokenizer = _tokenizer ?? await Library.OpenAsync(_tokenizerId, _disposal.Token);
            if (asked != _asked) return;
            _tokenizer = tokenizer;
            _tokens = TokenizedText.Of(tokenizer, _template.Format(_messages, _asks ? Assistant : null), SpecialTokenReading.AsToken);
            _specialIds = [.. tokenizer.SpecialTokens.Select(token => token.Id)];
            (_touched, _problem) = (-1, null);
            Remember();
        }
        catch (Exception) when (_disposal.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            Logger.LogError(e, "Tokenizer {TokenizerId} could not be used.", _tokenizerId);
            if (asked == _asked) (_tokens, _problem) = (TokenizedText.Empty, $"The tokenizer could not be used: {e.Message}");
        }
    }

    private void Remember()
    {
        var isUsual = _messages.SequenceEqual(s_conversation) || _messages.Sum(message => message.Role.Length + message.Content.Length) > AddressText.MostCharacters;
        Navigation.RememberInAddress(new Dictionary<string, object?>
        {
            ["tokenizer"] = _tokenizerId == Preferred().Id ? null : _tokenizerId,
            ["template"] = _template == ChatTemplate.OpenAI ? null : _template.Name,
            ["role"] = isUsual ? null : _messages.Select(message => message.Role).ToArray(),
            ["say"] = isUsual ? null : _messages.Select(message => message.Content).ToArray(),
            ["asks"] = _asks ? null : "0",
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }
}
