using Envoy.Config.Cluster.V3;
using Envoy.Config.Listener.V3;
using Zoneway.SniRouter.Clusters;
using Zoneway.SniRouter.Routing;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Validation;

/// <summary>Translates a configuration exactly as a running proxy does, and tells what became of it instead of putting it in force.</summary>
public sealed class ConfigurationValidator
{
    private readonly ConfigurationContent _content;
    private readonly ILookup<string, XdsResource> _resources;
    private readonly List<RejectedReport> _rejected;

    private ConfigurationValidator(ConfigurationContent content)
    {
        _content = content;
        _resources = content.Resources.ToLookup(resource => resource.TypeUrl, StringComparer.Ordinal);
        _rejected = [.. content.Problems.Select(problem => new RejectedReport(problem.Resource.Length == 0 ? problem.Place : problem.Resource, problem.Field, problem.Reason))];
    }

    /// <summary>Validates a configuration in any of the forms that <c>docs/validate.md</c> lists. Never throws on bad content.</summary>
    /// <param name="bytes">A text in UTF-8, YAML or JSON, or a recorded response of a control plane.</param>
    /// <param name="problem">Why it could not be read at all; null when it was.</param>
    /// <param name="terminates">Whether the program ends TLS (<see cref="TerminationSupport"/>).</param>
    /// <returns>The report; null when it could not be read.</returns>
    public static ValidationReport? Validate(ReadOnlySpan<byte> bytes, out string? problem, bool terminates = true) =>
        ConfigurationContent.Read(bytes, out problem) is { } content ? new ConfigurationValidator(content).Report(terminates) : null;

    private ValidationReport Report(bool terminates)
    {
        // In the order of a make-before-break update (protocol §3.6).
        var clusters = Translate(TypeUrls.Cluster, resource => ClusterTranslator.Translate(resource));
        var assignments = Translate(TypeUrls.ClusterLoadAssignment, resource => EndpointTranslator.Translate(resource));
        var secrets = Translate(TypeUrls.Secret, SecretTranslator.Translate);
        var listeners = Translate(TypeUrls.Listener, resource => ListenerTranslator.Translate(resource, terminates: terminates));

        var asked = clusters.Select(cluster => cluster.Result.Assignment).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var byName = assignments.ToDictionary(pair => pair.Resource.Name, StringComparer.Ordinal);
        return new ValidationReport
        {
            Listeners = [.. listeners.Select(Report)],
            Clusters = [.. clusters.Select(cluster => Report(cluster, cluster.Result.Assignment is { } name ? byName.GetValueOrDefault(name) : null))],
            Rejected = _rejected,
            Ignored =
            [
                .. _content.Ignored.Select(Report),
                .. assignments.Where(pair => !asked.Contains(pair.Resource.Name)).SelectMany(Unasked),
                .. secrets.SelectMany(pair => pair.Ignored).Select(Report),
            ],
        };
    }

    private List<Translated<T>> Translate<T>(string typeUrl, Func<XdsResource, TranslationResult<T>> translate)
        where T : class
    {
        var results = new List<Translated<T>>();
        foreach (var resource in _resources[typeUrl])
        {
            var result = translate(resource);
            _rejected.AddRange(result.Errors.Select(error => new RejectedReport(error.Resource, error.Field, error.Reason)));
            results.Add(new Translated<T>(resource, result, [.. _content.IgnoredIn(resource), .. result.Ignored]));
        }

        return results;
    }

    private ListenerReport Report(Translated<ListenerConfig> listener)
    {
        if (listener.Result.Config is { } config)
        {
            _rejected.AddRange(ListenerSnapshot.FindConflicts(config).Select(reason => new RejectedReport(config.Name, "filter_chains", reason)));
        }

        var message = ResourceReader.TryParse(listener.Resource.Body, Listener.Parser, out _) ?? new Listener { Name = listener.Resource.Name };
        return ListenerReporter.Report(message, listener.Result.Enforced, listener.Ignored);
    }

    private static ClusterReport Report(Translated<ClusterConfig> cluster, Translated<LoadAssignment>? assignment)
    {
        var message = ResourceReader.TryParse(cluster.Resource.Body, Cluster.Parser, out _) ?? new Cluster { Name = cluster.Resource.Name };
        return ClusterReporter.Report(
            message, assignment?.Result.Config, [.. cluster.Result.Enforced, .. assignment?.Result.Enforced ?? []], [.. cluster.Ignored, .. assignment?.Ignored ?? []]);
    }

    // A control plane is not asked for it, and what it sends unasked is passed over.
    private static IEnumerable<IgnoredReport> Unasked(Translated<LoadAssignment> assignment) =>
        [new(assignment.Resource.Name, "no cluster here takes its endpoints from this load assignment"), .. assignment.Ignored.Select(Report)];

    private static IgnoredReport Report(IgnoredField field) =>
        new(string.Join(": ", new[] { field.Resource, field.Field }.Where(part => part.Length > 0)), field.Why);

    private sealed record Translated<T>(XdsResource Resource, TranslationResult<T> Result, IReadOnlyList<IgnoredField> Ignored)
        where T : class;
}
