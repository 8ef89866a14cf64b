using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Build task: marks one entry of an ELF library's version needs (section .gnu.version_r) as weak, so that the loader accepts
/// a system library that does not provide it. See TorchSharpLinux.targets for why.
/// </summary>
public sealed class MarkElfVersionNeedWeak : Task
{
    private const uint SectionTypeVersionNeed = 0x6ffffffe; // SHT_GNU_verneed
    private const byte WeakFlag = 0x2; // VER_FLG_WEAK

    /// <summary>Libraries to look at; those that are absent or not 64-bit little-endian ELF files are passed over.</summary>
    public ITaskItem[] Files { get; set; }

    /// <summary>The version to make weak, as in GLIBCXX_3.4.32.</summary>
    public string VersionName { get; set; }

    public override bool Execute()
    {
        foreach (var file in Files)
        {
            var path = file.GetMetadata("FullPath");
            if (!File.Exists(path)) continue;

            var image = File.ReadAllBytes(path);
            if (!IsElf64LittleEndian(image) || !Mark(image)) continue;

            var beside = path + ".new";
            File.WriteAllBytes(beside, image);
            File.Delete(path);
            File.Move(beside, path);
            Log.LogMessage(MessageImportance.High, "TorchSharp: {0} made weak in {1}", VersionName, path);
        }
        return !Log.HasLoggedErrors;
    }

    private static bool IsElf64LittleEndian(byte[] image)
    {
        return image.Length >= 64 && image[0] == 0x7f && image[1] == 'E' && image[2] == 'L' && image[3] == 'F' && image[4] == 2 && image[5] == 1;
    }

    private bool Mark(byte[] image)
    {
        var sections = BitConverter.ToInt64(image, 0x28);
        int sectionSize = BitConverter.ToUInt16(image, 0x3A), sectionCount = BitConverter.ToUInt16(image, 0x3C);
        var marked = false;
        for (var i = 0; i < sectionCount; i++)
        {
            var section = (int)(sections + (long)i * sectionSize);
            if (BitConverter.ToUInt32(image, section + 4) != SectionTypeVersionNeed) continue;

            var need = (int)BitConverter.ToInt64(image, section + 24);
            var stringSection = (int)(sections + (long)BitConverter.ToUInt32(image, section + 40) * sectionSize);
            var strings = (int)BitConverter.ToInt64(image, stringSection + 24);
            var needCount = BitConverter.ToUInt32(image, section + 44);
            for (var n = 0; n < needCount; n++)
            {
                int entryCount = BitConverter.ToUInt16(image, need + 2);
                var entry = need + (int)BitConverter.ToUInt32(image, need + 8);
                for (var e = 0; e < entryCount; e++)
                {
                    var isWeak = (image[entry + 4] & WeakFlag) != 0;
                    if (!isWeak && ReadString(image, strings + (int)BitConverter.ToUInt32(image, entry + 8)) == VersionName)
                    {
                        image[entry + 4] |= WeakFlag;
                        marked = true;
                    }
                    entry += (int)BitConverter.ToUInt32(image, entry + 12);
                }
                need += (int)BitConverter.ToUInt32(image, need + 12);
            }
        }
        return marked;
    }

    private static string ReadString(byte[] image, int start)
    {
        var end = Array.IndexOf(image, (byte)0, start);
        return Encoding.ASCII.GetString(image, start, end - start);
    }
}
