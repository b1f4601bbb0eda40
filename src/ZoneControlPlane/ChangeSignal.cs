using System.Threading.Channels;

namespace Zoneway.ZoneControlPlane;

/// <summary>A flag that can be waited for: any number of signals before it is taken count as one.</summary>
internal sealed class ChangeSignal
{
    private readonly Channel<bool> _flag = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Raises the flag. Safe for use from any thread.</summary>
    public void Set() => _flag.Writer.TryWrite(true);

    /// <summary>Waits until the flag is up; it stays up.</summary>
    public async Task WaitAsync(CancellationToken cancellation) => await _flag.Reader.WaitToReadAsync(cancellation);

    /// <summary>Takes the flag down; false when it was not up.</summary>
    public bool Take() => _flag.Reader.TryRead(out _);
}
