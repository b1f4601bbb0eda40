using Zoneway.LoadTest.Contenders;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Tests.Reporting;

/// <summary>A contender that is never started.</summary>
internal sealed class FakeContender(string name, ContenderRole role) : Contender
{
    public static readonly FakeContender Subject = new("mine", ContenderRole.Subject);
    public static readonly FakeContender FirstPeer = new("one", ContenderRole.Peer);
    public static readonly FakeContender SecondPeer = new("two", ContenderRole.Peer);

    public override string Name => name;

    public override string Description => $"the contender {name}";

    public override ContenderRole Role => role;

    public override string? Obstacle => null;

    public override ProgramStart? Prepare(ContenderSetup setup) => null;

    /// <summary>A sample of one second with so many messages and so much foreign load.</summary>
    public static Sample Sample(int round, long operations, double foreignProcessors = 0, int failures = 0, long wrongBytes = 0) => new()
    {
        Round = round,
        Load = new LoadResult
        {
            Seconds = 1,
            Operations = operations,
            Failures = failures,
            WrongBytes = wrongBytes,
            Usage = new Usage { Seconds = 1, Proxy = 0.5, Machine = 0.5 + foreignProcessors },
        },
    };
}
