using System.Threading.Channels;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>Waiting for the other side of a channel.</summary>
internal static class ChannelReaderExtensions
{
    /// <summary>Waits until everything was read. There is no signal for that, so this looks again and again, yielding in between.</summary>
    public static async Task WaitEmptyAsync<T>(this ChannelReader<T> reader)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (reader.Count > 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(TimeSpan.FromMilliseconds(1), limit.Token);
        }
    }
}
