using System.Net.Sockets;
using System.Security.Authentication;

namespace Zoneway.TwoZones.Client;

/// <summary>A request or connection failed in a way its client can see.</summary>
internal sealed class ClientException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether an exception is what sockets and TLS throw when a peer or the way to it fails.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is SocketException or IOException or AuthenticationException or InvalidDataException or OperationCanceledException;
}
