using Zoneway.SniRouter.Telemetry;

namespace Zoneway.Egress.Http;

/// <summary>Tells the forwarder through the HTTP client why there is no connection.</summary>
internal sealed class UpstreamConnectException(ConnectionOutcome outcome, string reason) : IOException(reason)
{
    /// <summary>Why.</summary>
    public ConnectionOutcome Outcome => outcome;

    /// <summary>The one inside an exception; null when there is none.</summary>
    public static UpstreamConnectException? Find(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is UpstreamConnectException found)
            {
                return found;
            }
        }

        return null;
    }
}
