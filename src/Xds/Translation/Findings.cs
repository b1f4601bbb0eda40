using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Zoneway.Xds.Translation;

/// <summary>
/// Collects what is wrong with a resource, and what has no effect. Each instance stands for one field inside it; an error counts
/// for that field and for all it lies in, so that a translator can ask what has to be left out.
/// </summary>
internal sealed class Findings
{
    /// <summary>Most errors, and most ignored fields, kept of one resource: a control plane must not fill memory with complaints.</summary>
    public const int MaxEntries = 1000;

    private readonly Report _report;
    private readonly Findings? _parent;
    private readonly string _field;
    private readonly int _index;

    /// <param name="resource">Name of the resource.</param>
    /// <param name="explains">Whether to note what is in force, which only <c>validate</c> shows.</param>
    public Findings(string resource, bool explains = true) => (_report, _field, _index) = (new Report(resource, explains), "", -1);

    private Findings(Findings parent, string field, int index) => (_report, _parent, _field, _index) = (parent._report, parent, field, index);

    /// <summary>Whether what is in force is still noted.</summary>
    public bool Explains => _report.Explains;

    /// <summary>Name of the resource.</summary>
    public string Resource => _report.Resource;

    /// <summary>The message that errors in here leave out; see <see cref="TranslationError.Part"/>.</summary>
    public IMessage? Part { get; init; }

    /// <summary>The first error in here; null when there is none.</summary>
    public TranslationError? FirstError { get; private set; }

    /// <summary>Whether anything in here is wrong.</summary>
    public bool HasErrors => FirstError is not null;

    /// <summary>All errors of the resource.</summary>
    public IReadOnlyList<TranslationError> Errors => _report.Errors;

    /// <summary>All ignored fields of the resource.</summary>
    public IReadOnlyList<IgnoredField> Ignored => _report.Ignored;

    /// <summary>All settings of the resource that are in force.</summary>
    public IReadOnlyList<EnforcedField> Enforced => _report.Enforced;

    /// <summary>The path of this field.</summary>
    public string Path => PathOf("");

    /// <summary>The findings of a field inside this one.</summary>
    public Findings At(string field, IMessage? part = null) => new(this, field, -1) { Part = part };

    /// <summary>The findings of an element of a repeated field inside this one.</summary>
    public Findings At(string field, int index, IMessage? part = null) => new(this, field, index) { Part = part };

    /// <summary>Notes that a field makes this unusable.</summary>
    public void Reject(string field, string reason)
    {
        var path = PathOf(field);
        var part = Part;
        for (var scope = _parent; part is null && scope is not null; scope = scope._parent)
        {
            part = scope.Part;
        }

        var error = new TranslationError(_report.Resource, path, reason, part);
        for (var scope = this; scope is not null; scope = scope._parent)
        {
            scope.FirstError ??= error;
        }

        _report.Add(error);
    }

    /// <summary>Notes that a field has effect, in a few words with its values.</summary>
    public void Enforce(string field, string what)
    {
        if (Explains)
        {
            _report.Enforced.Add(new EnforcedField(_report.Resource, PathOf(field), what));
        }
    }

    /// <inheritdoc cref="Enforce(string, string)"/>
    public void Enforce(string field, [InterpolatedStringHandlerArgument("")] ref EnforcedText what)
    {
        if (Explains)
        {
            Enforce(field, what.ToStringAndClear());
        }
    }

    /// <summary>Notes that a field has no effect.</summary>
    public void Ignore(string field, string why) => _report.Add(new IgnoredField(_report.Resource, PathOf(field), why));

    /// <summary>Notes that a field has no effect, if a condition holds.</summary>
    public void IgnoreIf(bool condition, string field, string why)
    {
        if (condition)
        {
            Ignore(field, why);
        }
    }

    /// <summary>Notes that a field makes this unusable, if a condition holds.</summary>
    public void RejectIf(bool condition, string field, string reason)
    {
        if (condition)
        {
            Reject(field, reason);
        }
    }

    /// <summary>Takes in the fields that our messages do not declare. Only at the top; those that no translator rejects are ignored.</summary>
    public void AddUnknown(IEnumerable<UnknownField> fields)
    {
        foreach (var field in fields)
        {
            if (field.IsUnsafe)
            {
                _report.Unsafe.TryAdd(field.Message, []);
                _report.Unsafe[field.Message].Add(field.Number);
            }
            else
            {
                _report.Add(new IgnoredField(_report.Resource, field.Path, "the field is not known"));
            }
        }
    }

    /// <summary>Rejects the fields of this message that are not known and must not be overlooked (<see cref="UnsafeFields"/>).</summary>
    public void RejectUnsafeFields()
    {
        if (_report.Unsafe.Count > 0)
        {
            RejectUnsafe(Path, "");
        }
    }

    /// <summary>
    /// Rejects such fields of this message and of all messages in it, for messages where none may be overlooked, wherever it is. Those of values in a map are found by
    /// this only: what their place on the wire was is not known any more.
    /// </summary>
    public void RejectUnsafeFieldsWithin()
    {
        if (_report.Unsafe.Count > 0)
        {
            var own = Path;
            var inside = own.Length == 0 ? "" : $"{own}.";
            foreach (var path in _report.Unsafe.Keys.Where(path => path == own || path.StartsWith(inside, StringComparison.Ordinal)).ToList())
            {
                RejectUnsafe(path, path == own ? "" : $"{path[inside.Length..]}.");
            }
        }
    }

    // Each once: a translator may ask for a part after the whole.
    private void RejectUnsafe(string path, string field)
    {
        if (_report.Unsafe.Remove(path, out var numbers))
        {
            foreach (var number in numbers)
            {
                Reject($"{field}{number}", "a field that is not known decides where traffic goes or who may send it");
            }
        }
    }

    /// <summary>Turns every error into an ignored field, for a resource that is rightly not served.</summary>
    public void Excuse()
    {
        foreach (var error in _report.Errors)
        {
            _report.Add(new IgnoredField(error.Resource, error.Field, error.Reason));
        }

        _report.Errors.Clear();
        for (var scope = this; scope is not null; scope = scope._parent)
        {
            scope.FirstError = null;
        }
    }

    private string PathOf(string field)
    {
        var own = _index < 0 ? _field : $"{_field}[{_index}]";
        var path = _parent is null ? own : _parent.PathOf(own);
        return path.Length == 0 ? field : field.Length == 0 ? path : $"{path}.{field}";
    }

    private sealed class Report(string resource, bool explains)
    {
        public string Resource => resource;

        public bool Explains => explains && Enforced.Count < MaxEntries;

        public List<TranslationError> Errors { get; } = [];

        public List<IgnoredField> Ignored { get; } = [];

        public List<EnforcedField> Enforced { get; } = [];

        public Dictionary<string, List<int>> Unsafe { get; } = new(StringComparer.Ordinal);

        public void Add(TranslationError error)
        {
            if (Errors.Count < MaxEntries)
            {
                Errors.Add(error);
            }
        }

        public void Add(IgnoredField field)
        {
            if (Ignored.Count < MaxEntries)
            {
                Ignored.Add(field);
            }
        }

    }
}
