using System.Net.Sockets;

namespace Zoneway.Egress.Tests.EndToEnd;

/// <summary>A connection whose client sends its first message, in part if need be, and after that only what the test says.</summary>
/// <param name="socket">The connection.</param>
/// <param name="withheld">How many bytes are missing at the end of the first message.</param>
/// <param name="more">What follows it.</param>
internal sealed class StallingStream(Socket socket, int withheld = 0, byte[]? more = null) : NetworkStream(socket, ownsSocket: true)
{
    private bool _isStalled;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isStalled)
        {
            _isStalled = true;
            await base.WriteAsync(buffer[..^withheld], cancellationToken);
            await base.WriteAsync(more ?? [], cancellationToken);
        }
    }
}
