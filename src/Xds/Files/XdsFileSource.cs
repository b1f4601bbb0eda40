using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Files;

/// <summary>
/// Takes the place of a control plane: reads a file of Envoy resources, puts them in force, and follows the file as it changes. A file that
/// cannot be read or is wrong anywhere changes nothing: the last good content stays.
/// </summary>
internal sealed partial class XdsFileSource : BackgroundService
{
    // Make-before-break (protocol §3.6): what others refer to comes before them.
    private static readonly string[] Order = [TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.Secret, TypeUrls.Listener];

    private readonly string _path;
    private readonly IResourceSink _sink;
    private readonly TimeProvider _time;
    private readonly ILogger<XdsFileSource> _logger;
    private Digest? _applied;
    private string? _lastProblem;

    /// <summary>Creates a source of one file.</summary>
    public XdsFileSource(string path, IResourceSink sink, TimeProvider time, ILogger<XdsFileSource> logger)
    {
        _path = Path.GetFullPath(path);
        _sink = sink;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var file = new WatchedFile(_path, _time);
        try
        {
            while (true)
            {
                await TakeInAsync(file, stoppingToken);
                await file.WaitForChangeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends.
        }
    }

    private async Task TakeInAsync(WatchedFile file, CancellationToken cancellationToken)
    {
        var (text, problem) = await file.ReadAsync(cancellationToken);
        if (text is null)
        {
            Report(problem!);
            return;
        }

        var digest = Digest.Of(text);
        if (digest == _applied)
        {
            // What was there is there again: whatever was wrong in between is over.
            _lastProblem = null;
            return;
        }

        var content = EnvoyResourceFile.Parse(text);
        foreach (var field in content.Ignored)
        {
            Log.Ignored(_logger, _path, field);
        }

        if (content.Problems.Count > 0)
        {
            Report(string.Join("; ", content.Problems.Take(10)));
            return;
        }

        _applied = digest;
        _lastProblem = null;
        await ApplyAsync(content, cancellationToken);
    }

    private async Task ApplyAsync(EnvoyResourceFile content, CancellationToken cancellationToken)
    {
        var errors = 0;
        var resources = content.Resources.ToLookup(resource => resource.TypeUrl, StringComparer.Ordinal);
        foreach (var typeUrl in Order)
        {
            var updated = resources[typeUrl].ToList();
            var removed = _sink.Received(typeUrl).Select(resource => resource.Name).Except(updated.Select(resource => resource.Name)).ToList();
            errors += (await _sink.ApplyAsync(new ResourceChange(typeUrl, updated, removed), cancellationToken)).Count;
        }

        Log.Applied(_logger, _path, content.Resources.Count, errors);
    }

    private void Report(string problem)
    {
        if (problem != _lastProblem)
        {
            _lastProblem = problem;
            Log.NotApplied(_logger, _path, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Information, "{File} applied: {Resources} resources, {Errors} errors.")]
        public static partial void Applied(ILogger logger, string file, int resources, int errors);

        [LoggerMessage(311, LogLevel.Warning, "{File} is not applied, what was in force stays: {Problem}")]
        public static partial void NotApplied(ILogger logger, string file, string problem);

        [LoggerMessage(312, LogLevel.Information, "{File}: without effect: {Field}")]
        public static partial void Ignored(ILogger logger, string file, Translation.IgnoredField field);
    }
}
