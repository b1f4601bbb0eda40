using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>The files of a resource directory, each with its last good resources. Used by one reader at a time.</summary>
internal sealed partial class ResourceFiles(string folder, ILogger logger)
{
    private readonly SortedDictionary<string, ResourceFileState> _files = new(StringComparer.Ordinal);

    /// <summary>Number of files.</summary>
    public int Count => _files.Count;

    /// <summary>Every file, named as seen from the directory, with its last good resources, in the order of their paths.</summary>
    public IEnumerable<(string File, ImmutableArray<Resource> Resources)> Contents => _files.Select(file => (NameOf(file.Key), file.Value.Resources));

    /// <summary>Looks at the directory and reads what is new or different.</summary>
    /// <param name="rereadAll">Read also files whose length and time are as before.</param>
    /// <returns>Whether the resources may have changed; null when the directory could not be listed.</returns>
    public bool? Read(bool rereadAll)
    {
        if (ListFiles() is not { } paths)
        {
            return null;
        }

        var hasChanged = RemoveMissing(paths);
        foreach (var path in paths)
        {
            hasChanged |= ReadFile(path, rereadAll);
        }

        return hasChanged;
    }

    private IReadOnlyList<string>? ListFiles()
    {
        try
        {
            var paths = ResourceFolder.FindFiles(folder);
            if (paths.Count <= ResourceLimits.MaxFiles)
            {
                return paths;
            }

            Log.TooManyFiles(logger, folder, paths.Count, ResourceLimits.MaxFiles);
            return [.. paths.Take(ResourceLimits.MaxFiles)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.FolderUnreadable(logger, folder, exception.Message);
            return null;
        }
    }

    private bool RemoveMissing(IReadOnlyCollection<string> paths)
    {
        var present = paths.ToHashSet(StringComparer.Ordinal);
        var missing = _files.Keys.Where(path => !present.Contains(path)).ToList();
        foreach (var path in missing)
        {
            _files.Remove(path);
            Log.FileGone(logger, NameOf(path));
        }

        return missing.Count > 0;
    }

    private bool ReadFile(string path, bool always)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            file = _files[path] = new ResourceFileState(path);
        }

        var wasBad = file.IsBad;
        if (file.Refresh(always) is not { } findings)
        {
            return false;
        }

        foreach (var problem in findings.Problems)
        {
            Report(NameOf(path), problem);
        }

        if (file.IsBad)
        {
            Log.FileBad(logger, NameOf(path), file.Resources.Length);
        }
        else if (wasBad)
        {
            Log.FileGoodAgain(logger, NameOf(path));
        }

        return true;
    }

    private void Report(string file, ResourceProblem problem)
    {
        if (problem.Severity == ProblemSeverity.Ignored)
        {
            Log.Ignored(logger, file, problem.Line, problem.Message);
        }
        else if (problem.Severity == ProblemSeverity.Notice)
        {
            Log.Notice(logger, file, problem.Line, problem.Message);
        }
        else
        {
            Log.Problem(logger, file, problem.Line, problem.Message);
        }
    }

    private string NameOf(string path) => Path.GetRelativePath(folder, path);

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "{File}:{Line}: {Problem}")]
        public static partial void Problem(ILogger logger, string file, int line, string problem);

        [LoggerMessage(3, LogLevel.Information, "{File}:{Line}: {Problem}")]
        public static partial void Notice(ILogger logger, string file, int line, string problem);

        [LoggerMessage(4, LogLevel.Debug, "{File}:{Line}: {Problem}")]
        public static partial void Ignored(ILogger logger, string file, int line, string problem);

        [LoggerMessage(5, LogLevel.Warning, "{File} is bad; its good documents are in force, and of the others their last good state ({Resources} resources)")]
        public static partial void FileBad(ILogger logger, string file, int resources);

        [LoggerMessage(6, LogLevel.Information, "{File} is good again")]
        public static partial void FileGoodAgain(ILogger logger, string file);

        [LoggerMessage(7, LogLevel.Information, "{File} is gone, and its resources with it")]
        public static partial void FileGone(ILogger logger, string file);

        [LoggerMessage(9, LogLevel.Warning, "{Folder} cannot be listed, the resources stay as they are: {Reason}")]
        public static partial void FolderUnreadable(ILogger logger, string folder, string reason);

        [LoggerMessage(10, LogLevel.Warning, "{Folder} has {Files} resource files; only the first {Limit} are read")]
        public static partial void TooManyFiles(ILogger logger, string folder, int files, int limit);
    }
}
