namespace TinyLM.Lab.Tests.Support;

/// <summary>Names that lead elsewhere, mean a device, show themselves as other names, or are too long.</summary>
internal static class HostileNames
{
    private static readonly string[] s_seeds =
    [
        "..", ".", "../outside", "../../outside", "..\\outside", "..\\..\\outside", "/etc/passwd", "\\\\host\\share", "C:\\Windows", "C:outside", "//outside", "....//outside", "..;/outside",
        "%2e%2e", "%2e%2e%2foutside", "..%2foutside", "..%5coutside", "%252e%252e%252foutside", "..%c0%afoutside", "．．/outside", "..∕outside", "..／outside", "a/../../outside", "a/../../../outside", "./outside", "~", "~/outside", "$HOME", "%TEMP%", "`id`",
        "CON", "con.txt", "NUL", "aux.json", "COM1", "LPT9.log", "CONIN$", "com¹", "name.", "name ", " name", "name::$DATA", "a:b", "a*b", "a?b", "a|b", "a<b", "a\"b", "", " ", "\t", "\n", "\r\nSet-Cookie: a=b", "\0", "name\0.json", "..\0", "\u001b[31mred", "\u0007",
        "\u202egnp.exe", "\u202Enosj.txt", "\u200f\u200e", "\u2066name\u2069", "e\u0301\u0301\u0301", "\ufeffname", "\ud800", "🦊", "name\u2028line", "true", "null", "-rf", "--help", "lab.db", "lab.lock", "access.json", "runs", "queue.json", "r.deleted", "r.unfinished", "r/checkpoints", "r@40/../..",
    ];

    /// <summary>So many of them: the known ones first, then mixtures of them, the same ones each time.</summary>
    public static IEnumerable<string> Take(int count)
    {
        foreach (var seed in s_seeds.Take(count)) yield return seed;
        var random = new Random(20261201);
        for (var i = s_seeds.Length; i < count; i++)
        {
            var (first, second) = (s_seeds[random.Next(s_seeds.Length)], s_seeds[random.Next(s_seeds.Length)]);
            yield return random.Next(5) switch
            {
                0 => first + second,
                1 => $"{first}/{second}",
                2 => string.Concat(Enumerable.Repeat("../", random.Next(1, 30))) + second,
                3 => (first + second).PadRight(4_096, "ab./\u202e"[random.Next(5)]),
                _ => Uri.EscapeDataString(Clean(first)) + second,
            };
        }
    }

    /// <summary>Without halves of characters, which an address cannot hold.</summary>
    public static string Clean(string name) => new([.. name.Select(letter => char.IsSurrogate(letter) ? '\ufffd' : letter)]);
}
