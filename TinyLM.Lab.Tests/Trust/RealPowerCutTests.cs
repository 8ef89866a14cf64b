using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Power cuts of a real ext4: an image on a loop device, shut down by ioctl, as only root may.</summary>
public sealed class RealPowerCutTests
{
    [Fact]
    public void Ext4_ShutDownWhileARunSaves_KeepsWhatWasAcknowledged()
    {
        Mounts.SkipUnlessRoot();
        using var disk = Mounts.Ext4(megabytes: 16);
        var random = new Random(5);
        for (var trial = 0; trial < TrustCounts.Of(10, 500); trial++)
        {
            var run = new RunFolder(Directory.CreateDirectory(Path.Combine(disk.Path, "run")).FullName, new KilledFiles(random.Next(120)) { IsDurable = true });
            var (step, length) = (0, 0L);
            try
            {
                new SavingRun(run) { Saved = saved => step = saved, Flushed = flushed => length = flushed }.Go();
            }
            catch (KilledException)
            {
            }

            byte[] events = length == 0 ? [] : File.ReadAllBytes(run.EventsPath)[..(int)length];
            disk.CutPower();

            var left = new RunFolder(run.Path);
            if (step > 0) SavingRun.AssertWhole(left, step);
            if (length > 0) Assert.Equal(events, File.ReadAllBytes(left.EventsPath)[..(int)length]);
            if (!Directory.Exists(left.Path)) continue;
            Assert.True(new SavingRun(left).Go() >= step);
            SavingRun.AssertEnded(left);
            Directory.Delete(left.Path, recursive: true);
        }
    }

    /// <summary>The check must fail on a writer that flushes nothing.</summary>
    [Fact]
    public void Ext4_ShutDownUnderAWriterThatForgetsToFlush_IsFoundOut()
    {
        Mounts.SkipUnlessRoot();
        using var disk = Mounts.Ext4(megabytes: 16);
        var run = new RunFolder(Directory.CreateDirectory(Path.Combine(disk.Path, "run")).FullName, new KilledFiles(int.MaxValue));
        new SavingRun(run).Go(); // these files pass no flush on

        disk.CutPower();

        Assert.ThrowsAny<Exception>(() => SavingRun.AssertWhole(new RunFolder(run.Path), SavingRun.Steps));
    }
}
