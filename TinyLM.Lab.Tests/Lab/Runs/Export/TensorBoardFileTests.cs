using FsCheck.Xunit;
using TinyLM.Lab.Runs.Export;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Tests.Lab.Runs.Export;

public class TensorBoardFileTests
{
    /// <summary>The check value of CRC-32C, and the first of RFC 3720's test vectors, appendix B.4.</summary>
    [Fact]
    public void Crc32C_OfPublishedVectors_IsTheirs()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    /// <summary>The head of a file as TensorFlow writes it: record of 24 bytes with wall_time = 1.0e9 and file_version.</summary>
    [Fact]
    public void Write_FirstEvent_HasTheMessageOfEventProto()
    {
        using var file = new MemoryStream();

        TensorBoardFile.Write(file, new TensorBoardEvent(1, 0, TensorBoardFile.Version, []));

        var bytes = file.ToArray();
        Assert.Equal(24, BitConverter.ToInt32(bytes));
        Assert.Equal("09000000000000F03F1A0D627261696E2E4576656E743A32", Convert.ToHexString(bytes.AsSpan(12, 24))); // 1: double 1, 3: "brain.Event:2"
        Assert.Equal(Crc32C.Masked(bytes.AsSpan(0, 8)), BitConverter.ToUInt32(bytes, 8));
        Assert.Equal(Crc32C.Masked(bytes.AsSpan(12, 24)), BitConverter.ToUInt32(bytes, 36));
    }

    [Fact]
    public void Write_Scalar_HasTheMessageOfSummaryProto()
    {
        using var file = new MemoryStream();

        TensorBoardFile.Write(file, new TensorBoardEvent(1, 300, null, [("a", 0.5f)]));

        Assert.Equal("09000000000000F03F10AC022A0A0A080A0161150000003F", Convert.ToHexString(file.ToArray().AsSpan(12..^4)));
    }

    [Fact]
    public void Read_ScalarInATensor_IsReadAsNewerWritersHaveIt()
    {
        // Event { wall_time: 1, step: 2, summary { value { tag: "a", tensor { dtype: DT_FLOAT, tensor_shape {}, float_val: 0.5 } } } }
        using var file = Record("09000000000000F03F10022A110A0F0A0161420A080112002A040000003F");

        Assert.Equal(("a", 0.5f), Assert.Single(Assert.Single(TensorBoardFile.Read(file)).Scalars));
    }

    [Fact]
    public void Read_TornLastRecord_IsNotThereYet()
    {
        using var file = new MemoryStream();
        TensorBoardFile.Write(file, new TensorBoardEvent(1, 1, null, [("a", 1)]));
        TensorBoardFile.Write(file, new TensorBoardEvent(2, 2, null, [("a", 2)]));
        using var torn = new MemoryStream(file.ToArray()[..^3]);

        Assert.Equal([1L], TensorBoardFile.Read(torn).Select(one => one.Step));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(20)]
    public void Read_DamagedRecord_SaysWhere(int position)
    {
        using var file = new MemoryStream();
        TensorBoardFile.Write(file, new TensorBoardEvent(1, 1, null, [("a", 1)]));
        var bytes = file.ToArray();
        bytes[position] ^= 0x10;
        using var damaged = new MemoryStream(bytes);

        Assert.StartsWith("The record at byte 0 is damaged", Assert.Throws<InvalidDataException>(() => TensorBoardFile.Read(damaged).ToList()).Message, StringComparison.Ordinal);
    }

    [Property]
    public void Read_WhatWasWritten_IsTheSame(long step, double time, float value, string? tag)
    {
        using var file = new MemoryStream();
        var written = new TensorBoardEvent(time, step, null, [(Clean(tag), value), ("other", -value)]);
        TensorBoardFile.Write(file, written);
        file.Position = 0;

        var read = Assert.Single(TensorBoardFile.Read(file));

        Assert.Equal((written.WallTime, written.Step), (read.WallTime, read.Step));
        Assert.Equal(written.Scalars, read.Scalars);
    }

    /// <summary>A string that UTF-8 can hold.</summary>
    private static string Clean(string? text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));

    private static MemoryStream Record(string hex)
    {
        var message = Convert.FromHexString(hex);
        var length = BitConverter.GetBytes((ulong)message.Length);
        return new MemoryStream([.. length, .. BitConverter.GetBytes(Crc32C.Masked(length)), .. message, .. BitConverter.GetBytes(Crc32C.Masked(message))]);
    }
}
