using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TinyLM.Benchmarks.Viewers;

/// <summary>A browser's end of a Blazor Server page without a browser: it acknowledges what is drawn, answers what scripts would, and draws nothing.</summary>
/// <remarks>
/// SignalR's hub protocol over a WebSocket, as blazor.web.js speaks it: dotnet/aspnetcore, src/SignalR/docs/specs/HubProtocol.md
/// and src/Components/Web.JS. What a real browser computes is not in what it costs.
/// </remarks>
internal sealed partial class BlazorCircuit : IAsyncDisposable
{
    private static readonly Dictionary<string, string> s_noHeaders = [];

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Action<string, JsonElement> _called;
    private Task _receiving = Task.CompletedTask;
    private int _objects;

    /// <param name="called">Told each call of a script: its name and its arguments.</param>
    private BlazorCircuit(Action<string, JsonElement> called) => _called = called;

    /// <summary>Bytes that came.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Render batches that came.</summary>
    public long Batches { get; private set; }

    /// <summary>What the server said went wrong; null where nothing did.</summary>
    public string? Error { get; private set; }

    /// <summary>Done when the server has closed the connection, or this end has left.</summary>
    public Task Ended => _receiving;

    /// <summary>Opens a page and begins to listen.</summary>
    /// <param name="http">Fetches the page.</param>
    /// <param name="page">Its address.</param>
    /// <param name="called">Told each call of a script, on the thread that receives.</param>
    /// <param name="ct">Ends the opening.</param>
    public static async Task<BlazorCircuit> OpenAsync(HttpClient http, Uri page, Action<string, JsonElement> called, CancellationToken ct)
    {
        return await OpenAsync(await http.GetStringAsync(page, ct), page, http.DefaultRequestHeaders.Authorization?.ToString(), ct, called);
    }

    /// <summary>Opens a page that was fetched before.</summary>
    /// <param name="html">The page as it was fetched.</param>
    /// <param name="page">Its address.</param>
    /// <param name="authorization">What the header of that name says, if anything.</param>
    /// <param name="ct">Ends the opening.</param>
    /// <param name="called">Told each call of a script, on the thread that receives.</param>
    public static async Task<BlazorCircuit> OpenAsync(string html, Uri page, string? authorization, CancellationToken ct, Action<string, JsonElement>? called = null)
    {
        var circuit = new BlazorCircuit(called ?? ((_, _) => { }));
        if (authorization is { } token) circuit._socket.Options.SetRequestHeader("Authorization", token);
        await circuit._socket.ConnectAsync(new UriBuilder(page) { Scheme = "ws", Path = "_blazor", Query = "" }.Uri, ct);
        await circuit.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"));
        circuit._receiving = circuit.ReceiveAsync();
        await circuit.InvokeAsync("0", "StartCircuit", new Uri(page, "/").ToString(), page.ToString(), "[]", StateOf(html));
        await circuit.InvokeAsync(null, "UpdateRootComponents", Operations(html), "");
        return circuit;
    }

    /// <summary>The components that the page asks for, as blazor.web.js asks for them.</summary>
    private static string Operations(string html)
    {
        var operations = Marker().Matches(html).Select((marker, i) => $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{marker.Groups[1].Value}}}""");
        return $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""";
    }

    private static string StateOf(string html) => State().Match(html) is { Success: true } match ? match.Groups[1].Value : "";

    /// <summary>Calls a method of the hub.</summary>
    /// <param name="id">Asks for an answer under this id; null for none.</param>
    /// <param name="target">The method.</param>
    /// <param name="arguments">What it is given.</param>
    public Task InvokeAsync(string? id, string target, params object?[] arguments)
    {
        var message = new List<byte>();
        MessagePack.Write(message, new object?[] { 1, s_noHeaders, id, target, arguments, Array.Empty<object?>() });
        return SendMessageAsync(message);
    }

    /// <summary>Sends bytes as a message of the hub's protocol, whatever they are.</summary>
    public Task SendMessageAsync(IReadOnlyCollection<byte> message)
    {
        var framed = new List<byte>(message.Count + 5);
        for (var length = message.Count; ; length >>= 7)
        {
            framed.Add((byte)(length > 0x7F ? length & 0x7F | 0x80 : length));
            if (length <= 0x7F) break;
        }
        framed.AddRange(message);
        return SendAsync([.. framed]);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        await _sending.WaitAsync(_ending.Token);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, _ending.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 20];
        var filled = 0;
        var isShaken = false;
        try
        {
            while (true)
            {
                if (filled == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
                var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), _ending.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    Error ??= _socket.CloseStatusDescription ?? "The server closed the connection.";
                    return;
                }
                filled += received.Count;
                ReceivedBytes += received.Count;
                if (!isShaken)
                {
                    var end = Array.IndexOf(buffer, (byte)0x1E, 0, filled);
                    if (end < 0) continue;
                    isShaken = true;
                    buffer.AsSpan(end + 1, filled - end - 1).CopyTo(buffer);
                    filled -= end + 1;
                }
                while (TryTake(buffer, ref filled, out var message)) await AnswerAsync(message);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException && _ending.IsCancellationRequested)
        {
            // The viewer has left.
        }
        catch (Exception e)
        {
            Error ??= e.Message;
        }
    }

    /// <summary>Takes the first whole message out of the buffer: its length in groups of seven bits, then the message.</summary>
    private static bool TryTake(byte[] buffer, ref int filled, out object?[] message)
    {
        message = [];
        var (length, head) = (0, 0);
        while (true)
        {
            if (head == filled) return false;
            var part = buffer[head];
            length |= (part & 0x7F) << (7 * head++);
            if (part < 0x80) break;
        }
        if (filled < head + length) return false;
        ReadOnlySpan<byte> body = buffer.AsSpan(head, length);
        message = (object?[])MessagePack.Read(ref body)!;
        buffer.AsSpan(head + length, filled - head - length).CopyTo(buffer);
        filled -= head + length;
        return true;
    }

    private async Task AnswerAsync(object?[] message)
    {
        if (message is [3L, ..] && message.Length > 4 && message[3] is 1L) Error ??= message[4]?.ToString();
        if (message is not [1L, _, _, string target, object?[] arguments, ..]) return;
        switch (target)
        {
            case "JS.RenderBatch":
                Batches++;
                await InvokeAsync(null, "OnRenderCompleted", arguments[0], null);
                break;
            case "JS.BeginInvokeJS":
                var name = (string)arguments[1]!;
                using (var call = JsonDocument.Parse(arguments[2] as string ?? "[]")) _called(name, call.RootElement);
                if (arguments[0] is long task and not 0)
                    await InvokeAsync(null, "EndInvokeJSFromDotNet", task, true, $"[{task},true,{ResultOf(name, (long)arguments[3]!)}]");
                break;
            case "JS.Error":
                Error ??= arguments[0]?.ToString();
                break;
        }
    }

    /// <summary>What a script would return: an object where one is expected, false where the lab asks yes or no.</summary>
    private string ResultOf(string name, long kind) => kind switch
    {
        1 => $$"""{"__jsObjectId":{{Interlocked.Increment(ref _objects)}}}""",
        _ when name is "tinylmTheme.isDark" or "tinylmNotify.isOn" => "false",
        _ => "null",
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _ending.Dispose();
    }

    [GeneratedRegex("<!--Blazor:(\\{\"type\":\"server\".*?\\})-->", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex State();
}
