namespace Zoneway.TestUtilities.Kuma;

/// <summary>What <see cref="KumaBootstrap"/> says to a request.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">The document, or the error's text; may be empty.</param>
internal sealed record KumaBootstrapAnswer(int Status, string Text);
