using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace Zoneway.Xds.Ads;

/// <summary>What is kept of one resource type from one stream to the next. Used by one session at a time.</summary>
internal sealed class TypeHistory
{
    private const int MaxKnownFaults = 4096;

    private readonly HashSet<string> _knownFaults = [];

    /// <summary>The version that was last acknowledged; empty before the first. State of the world only.</summary>
    public string AcceptedVersion { get; set; } = "";

    /// <summary>A response was handed on: the versions of the resources received are this control plane's and may be claimed.</summary>
    public bool HasReceived { get; set; }

    /// <summary>
    /// Notes a resource that could not even be handed on, and says whether it is seen for the first time. The memory is bounded;
    /// when it is full it starts anew, and old faults count as new once more.
    /// </summary>
    public bool IsNewFault(string resource, string reason, Any? body)
    {
        if (_knownFaults.Count >= MaxKnownFaults)
        {
            _knownFaults.Clear();
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{resource}\n{reason}\n"));
        hash.AppendData(body is null ? [] : body.Value.Span);
        return _knownFaults.Add(Convert.ToHexString(hash.GetHashAndReset()));
    }
}
