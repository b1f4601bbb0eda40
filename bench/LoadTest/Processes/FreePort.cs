using System.Net;
using System.Net.Sockets;

namespace Zoneway.LoadTest.Processes;

/// <summary>
/// Finds ports for programs that must be told theirs. Below the range that Linux takes for outgoing connections, so that none of the load's own can be in the way.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static int LastTaken = First + (Environment.ProcessId * 37 % (Last - First));

    /// <summary>A loopback port that nothing listens on; a different one each time.</summary>
    public static int Take()
    {
        for (var tries = First; tries < Last; tries++)
        {
            LastTaken = LastTaken < Last ? LastTaken + 1 : First;
            if (IsFree(LastTaken))
            {
                return LastTaken;
            }
        }

        throw new InvalidOperationException("No port is free.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
