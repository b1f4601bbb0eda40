namespace Zoneway.Hosting.Lifetime;

/// <summary>What a part of the program has to say besides whether it wants traffic: parts of the configuration that cannot serve now, though all others can (<c>/ready?detail</c>).</summary>
public interface IReadinessDetail
{
    /// <summary>A sentence for each; empty when all is well.</summary>
    IEnumerable<string> Problems { get; }
}
