namespace Zoneway.Xds.Bootstrap;

/// <summary>A bootstrap document, or why there is none.</summary>
public sealed class BootstrapResult
{
    private BootstrapResult(BootstrapDocument? document, string error)
    {
        Document = document;
        Error = error;
    }

    /// <summary>The document; null when there is none.</summary>
    public BootstrapDocument? Document { get; }

    /// <summary>A sentence for the operator that says what to do; empty when there is a document.</summary>
    public string Error { get; }

    internal static BootstrapResult Success(BootstrapDocument document) => new(document, "");

    internal static BootstrapResult Failure(string error) => new(null, error);
}
