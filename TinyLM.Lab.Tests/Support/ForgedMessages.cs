using System.Text;
using TinyLM.Benchmarks.Viewers;

namespace TinyLM.Lab.Tests.Support;

/// <summary>What no browser sends to the hub of Blazor Server: noise, messages cut off, calls of what is not there, and events of elements that were never drawn.</summary>
internal static class ForgedMessages
{
    private static readonly string[] s_methods = ["StartCircuit", "ConnectCircuit", "ResumeCircuit", "PauseCircuit", "UpdateRootComponents", "BeginInvokeDotNetFromJS", "EndInvokeJSFromDotNet", "ReceiveByteArray", "ReceiveJSDataChunk", "SendDotNetStreamToJS", "OnRenderCompleted", "OnLocationChanged", "OnLocationChangingEnd", "NoSuchMethod", "Dispose"];

    /// <summary>Sends one.</summary>
    public static Task SendAsync(BlazorCircuit circuit, Random random) => random.Next(10) switch
    {
        0 => circuit.SendAsync(Noise(random, 200)),
        1 => circuit.SendMessageAsync(Noise(random, 400)),
        2 => circuit.SendAsync([0xFF, 0xFF, 0xFF, 0xFF, 0x07]), // two gigabytes are to follow
        3 => circuit.SendMessageAsync(new byte[(1 << 20) + random.Next(1 << 16)]), // larger than a message may be
        4 => circuit.InvokeAsync(null, "BeginInvokeDotNetFromJS", $"{random.Next()}", null, "DispatchEventAsync", random.NextInt64(-5, 5), Event(random)),
        5 => circuit.InvokeAsync(null, "BeginInvokeDotNetFromJS", $"{random.Next()}", "System.Private.CoreLib", "Exit", 0L, "[1]"),
        6 => circuit.InvokeAsync(null, "OnRenderCompleted", random.NextInt64(-1, 1_000_000), random.Next(2) == 0 ? null : Text(random)),
        7 => circuit.InvokeAsync(null, "EndInvokeJSFromDotNet", random.NextInt64(0, 1_000), true, Text(random)),
        8 => circuit.InvokeAsync(null, "UpdateRootComponents", $$$"""{"batchId":{{{random.Next(9)}}},"operations":[{"type":"add","ssrComponentId":1,"marker":{"type":"server","sequence":0,"descriptor":"{{{Convert.ToBase64String(Noise(random, 90))}}}"}}]}""", ""),
        _ => circuit.InvokeAsync(random.Next(2) == 0 ? null : $"{random.Next()}", s_methods[random.Next(s_methods.Length)], [.. Enumerable.Range(0, random.Next(7)).Select(_ => Argument(random))]),
    };

    private static string Event(Random random) =>
        $$"""[{"eventHandlerId":{{random.Next(0, 2_000)}},"eventName":"{{(random.Next(2) == 0 ? "click" : "change")}}","eventFieldInfo":null},{"detail":{{random.Next(9)}},"value":"{{Convert.ToHexString(Noise(random, 40))}}"}]""";

    private static object? Argument(Random random) => random.Next(6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(),
        3 => "[" + Text(random),
        4 => Event(random),
        _ => Text(random),
    };

    private static string Text(Random random) => Encoding.Latin1.GetString(Noise(random, 300));

    private static byte[] Noise(Random random, int most)
    {
        var bytes = new byte[random.Next(1, most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
