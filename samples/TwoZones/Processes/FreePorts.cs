using System.Net;
using System.Net.Sockets;

namespace Zoneway.TwoZones.Processes;

/// <summary>Finds ports for programs that cannot choose one themselves and say which.</summary>
internal static class FreePorts
{
    /// <summary>Ports of 127.0.0.1 that are free now, all different. Another program may take one before it is used: be ready to begin anew.</summary>
    public static IReadOnlyList<int> Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, port: 0)).ToList();
        try
        {
            listeners.ForEach(static listener => listener.Start());
            return [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(static listener => listener.Dispose());
        }
    }
}
