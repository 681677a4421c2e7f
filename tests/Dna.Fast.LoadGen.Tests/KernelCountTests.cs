using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dna.Fast.LoadGen.Echo;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

/// <summary>The generator's numbers beside what the kernel counted of the same datagrams (/proc/net/snmp).</summary>
public sealed class KernelCountTests
{
    private const int TriesMax = 3;

    private const string Echo = "{load} echo --port {port}";

    [Theory]
    [InlineData(Echo, "get")]
    [InlineData(Echo, "mixed", "--threads", "2")]
    [InlineData(Echo, "ping", "--no-segments")]
    [InlineData(Echo, "find", "--rate", "5000")]
    [InlineData(RealNode.Ours, "ping")]
    [InlineData(RealNode.Ours, "mixed")]
    [InlineData(RealNode.Stock, "ping")]
    [InlineData(RealNode.Stock, "mixed")]
    public void The_generators_count_agrees_with_the_kernels_to_a_tenth(string server, string command, params string[] options)
    {
        string words = server == Echo ? Echo : RealNode.Command(server, 0);
        bool countsSends = server == Echo && options.Contains("--no-segments");
        double seen = 0, sent = 0;

        // The two counts are read one after the other, and a busy machine may put seconds between them; who counts wrongly does so every time.
        for (int i = 0; i < TriesMax && !(IsAlike(seen) && (!countsSends || IsAlike(sent))); i++)
        {
            JsonElement kernel = PrivateNetwork.Measure(words, command, ["--duration", "1s", "--warm-up", "200ms", "--settle", "0", "--keys", "100", .. options])
                .GetProperty("kernel");
            double ours = kernel.GetProperty("ourDatagramsOut").GetInt64() + kernel.GetProperty("ourDatagramsIn").GetInt64();
            Assert.True(ours > 500);

            // Everything sent is received once, by the server or by us; what overflowed a buffer was sent and not received.
            seen = (kernel.GetProperty("udpInDatagrams").GetInt64() + kernel.GetProperty("receiveBufferErrors").GetInt64()) / ours;
            sent = kernel.GetProperty("udpOutDatagrams").GetInt64() / ours;
        }

        Assert.InRange(seen, 0.9, 1.1);

        // A send that the kernel splits counts once as sent; one datagram per send is counted each.
        if (countsSends) Assert.InRange(sent, 0.9, 1.1);

        static bool IsAlike(double share) => share is >= 0.9 and <= 1.1;
    }

    [Fact]
    public void What_another_program_sends_shows_in_the_kernels_count_and_not_in_ours()
    {
        using EchoServer echo = EchoServer.Start(IPAddress.Loopback, 0, 1, new EchoReplies(8, 100, 0));
        using var from = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var to = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        to.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var ended = new CancellationTokenSource();
        long sent = 0;
        var other = new Thread(() =>
        {
            byte[] datagram = new byte[100];
            while (!ended.IsCancellationRequested)
            {
                from.SendTo(datagram, to.LocalEndPoint!);
                to.Receive(datagram);
                sent++;
            }
        });
        other.Start();
        RunResult result = Runs.Run(Runs.Options(echo.Address, RequestKind.Ping) with { Rate = 100, WarmUpNs = 0, DurationNs = Clock.Second });
        ended.Cancel();
        other.Join();

        // 200 datagrams of ours; the other thread has sent thousands, unless it hardly ran.
        Assert.InRange(result.Requests, 50, 101);
        Assert.Equal(result.Requests, result.Count(Outcome.Ok));
        Assert.InRange(result.Kernel.OurDatagramsOut, 1, result.Requests + 5);
        Assert.True(sent < 1000 || result.Kernel.AgreementPercent > 110, $"{sent} sent, {result.Kernel.AgreementPercent} %");
    }
}
