namespace Zoneway.LoadTest.Running;

/// <summary>The contenders of one round, which all end with it.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly List<RunningContender> _contenders = [];

    public IReadOnlyList<RunningContender> Contenders => _contenders;

    public void Add(RunningContender contender) => _contenders.Add(contender);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_contenders.Select(contender => contender.DisposeAsync().AsTask()));
}
