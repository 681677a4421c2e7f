using System.Globalization;
using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Metrics;

/// <summary>Writes the text format that Prometheus reads, version 0.0.4: families one after another, each with its help and its type.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly StringBuilder _text = new(16 * 1024);
    private string _name = "";

    /// <summary>A number that only rises. <paramref name="name"/> ends with <c>_total</c>.</summary>
    public PrometheusText Counter(string name, string help) => Family(name, help, "counter");

    /// <summary>A number that goes up and down.</summary>
    public PrometheusText Gauge(string name, string help) => Family(name, help, "gauge");

    /// <summary>One sample of the family begun last.</summary>
    public PrometheusText Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        Line(_name, value, labels);
        return this;
    }

    /// <summary>A histogram in seconds, of several that were counted apart and mean the same.</summary>
    public void Histogram(string name, string help, IReadOnlyList<LatencyHistogram> parts)
    {
        Family(name, help, "histogram");
        long count = 0, sum = parts.Sum(part => part.SumMicroseconds);
        ReadOnlySpan<long> bounds = LatencyHistogram.Bounds;
        for (int i = 0; i <= bounds.Length; i++)
        {
            foreach (LatencyHistogram part in parts) count += part[i];
            string bound = i < bounds.Length ? (bounds[i] / 1e6).ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            Line(name + "_bucket", count, ("le", bound));
        }

        Line(name + "_sum", sum / 1e6);
        Line(name + "_count", count);
    }

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    private PrometheusText Family(string name, string help, string type)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n').Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private void Line(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (int i = 0; i < labels.Length; i++)
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        if (labels.Length > 0) _text.Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
