using YamlDotNet.Core;

namespace Zoneway.ZoneControlPlane.Resources.Yaml;

/// <summary>Reads the documents of a file so that one that is no YAML does not take the others with it.</summary>
internal static class YamlDocuments
{
    /// <summary>Reads every document that is not empty, in file order. Those that cannot be read are reported, by their number and line, and left out.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="maxNodes">Most nodes accepted over all documents.</param>
    /// <param name="problems">Gets what cannot be read.</param>
    public static IReadOnlyList<YamlElement> Read(string text, int maxNodes, ProblemList problems)
    {
        try
        {
            return YamlDocumentReader.Read(text, maxNodes);
        }
        catch (YamlException)
        {
            return ReadEach(text, maxNodes, problems);
        }
    }

    private static List<YamlElement> ReadEach(string text, int maxNodes, ProblemList problems)
    {
        var documents = new List<YamlElement>();
        var number = 0;
        foreach (var (part, linesBefore) in Split(text))
        {
            number++;
            try
            {
                var read = YamlDocumentReader.Read(part, maxNodes, linesBefore);
                maxNodes -= read.Sum(static document => document.Size);
                documents.AddRange(read);
            }
            catch (YamlException exception)
            {
                problems.Error(linesBefore + (int)exception.Start.Line, $"document {number} is not readable as YAML: {exception.Message}");
            }
        }

        return documents;
    }

    // YAML 1.2 §9.1.2: "---" at the beginning of a line and followed by white space ends a document wherever it stands, within a block of text too.
    private static IEnumerable<(string Part, int LinesBefore)> Split(string text)
    {
        var (begin, linesBefore) = (0, 0);
        var line = 0;
        for (var at = 0; at < text.Length; line++)
        {
            if (at > begin && IsMarker(text.AsSpan(at)))
            {
                yield return (text[begin..at], linesBefore);
                (begin, linesBefore) = (at, line);
            }

            var end = text.IndexOf('\n', at);
            at = end < 0 ? text.Length : end + 1;
        }

        yield return (text[begin..], linesBefore);
    }

    private static bool IsMarker(ReadOnlySpan<char> rest) =>
        rest.StartsWith("---", StringComparison.Ordinal) && (rest.Length == 3 || char.IsWhiteSpace(rest[3]));
}
