using Microsoft.AspNetCore.Connections;

namespace Zoneway.Hosting.Admin;

/// <summary>Connection middleware: serves only so many connections at a time, for the readiness port may be open to the network.</summary>
internal sealed class AdminConnectionLimit(ConnectionDelegate next, int limit)
{
    private int _active;

    /// <summary>Serves a connection, or ends it at once.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _active) <= limit)
            {
                await next(connection);
            }
            else
            {
                connection.Abort();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }
}
