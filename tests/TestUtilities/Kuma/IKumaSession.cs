using Zoneway.TestUtilities.Ads;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>Protocol state of one stream in one variant, without input or output. Used by one task.</summary>
internal interface IKumaSession
{
    /// <summary>Takes in a request.</summary>
    /// <returns>The answers that are due now, in order.</returns>
    IEnumerable<ScriptedResponse> Receive(ScriptedRequest request);

    /// <summary>A snapshot takes force.</summary>
    /// <returns>The answers that are due now, in order.</returns>
    IEnumerable<ScriptedResponse> Update(KumaSnapshot snapshot);
}
