using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Dna.Fast.Benchmarks.Tests;

/// <summary>A benchmark with one choice of its parameters, set up and run in this process.</summary>
internal sealed class BenchmarkCase : IDisposable
{
    /// <summary>Larger parameters take a minute to set up, and allocate no other way.</summary>
    private const int ParameterMax = 100_000;

    private readonly object _instance;
    private readonly Action<int> _loop;
    private readonly int _operationsPerCall;

    /// <param name="method">A method with <see cref="BenchmarkAttribute"/>.</param>
    /// <param name="parameters">Values of its class's parameters, in the order of <see cref="Parameters"/>.</param>
    public BenchmarkCase(MethodInfo method, IReadOnlyList<object> parameters)
    {
        Type type = method.DeclaringType!;
        _instance = Activator.CreateInstance(type)!;
        foreach ((PropertyInfo property, object value) in Parameters(type).Zip(parameters)) property.SetValue(_instance, value);
        CallAll<GlobalSetupAttribute>();
        _operationsPerCall = method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
        _loop = LoopOver(method, _instance);
    }

    /// <summary>All benchmarks of an assembly.</summary>
    public static IEnumerable<MethodInfo> In(Assembly assembly) =>
        assembly.GetTypes().SelectMany(t => t.GetMethods()).Where(m => m.IsDefined(typeof(BenchmarkAttribute)));

    /// <summary>As budgets name it.</summary>
    public static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>Every choice of a class's parameters, those of a long set-up left out.</summary>
    public static IEnumerable<object[]> ChoicesOf(Type type) => Parameters(type).Aggregate(
        (IEnumerable<object[]>)[[]], (choices, property) => choices.SelectMany(c => ValuesOf(property).Select(v => (object[])[.. c, v])));

    /// <summary>Runs <paramref name="calls"/> calls.</summary>
    /// <returns>Bytes that one operation allocated on this thread.</returns>
    public double Measure(int calls)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _loop(calls);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / ((double)calls * _operationsPerCall);
    }

    public void Dispose() => CallAll<GlobalCleanupAttribute>();

    private static IEnumerable<PropertyInfo> Parameters(Type type) =>
        type.GetProperties().Where(p => p.IsDefined(typeof(ParamsAttribute)) || p.IsDefined(typeof(ParamsAllValuesAttribute)));

    private static IEnumerable<object> ValuesOf(PropertyInfo property)
    {
        IEnumerable<object> all = property.GetCustomAttribute<ParamsAttribute>()?.Values.Select(v => v!)
            ?? Enum.GetValues(property.PropertyType).Cast<object>();
        return all.Where(v => v is not int number || number <= ParameterMax);
    }

    private static Action<int> LoopOver(MethodInfo method, object instance)
    {
        if (method.ReturnType == typeof(void))
        {
            Action call = method.CreateDelegate<Action>(instance);
            return calls =>
            {
                for (int i = 0; i < calls; i++) call();
            };
        }

        MethodInfo typed = typeof(BenchmarkCase).GetMethod(nameof(LoopOverResult), BindingFlags.NonPublic | BindingFlags.Static)!;
        return (Action<int>)typed.MakeGenericMethod(method.ReturnType).Invoke(null, [method, instance])!;
    }

    // A typed delegate: an untyped one would box every result, and the boxes would be counted.
    private static Action<int> LoopOverResult<T>(MethodInfo method, object instance)
    {
        Func<T> call = method.CreateDelegate<Func<T>>(instance);
        return calls =>
        {
            for (int i = 0; i < calls; i++) call();
        };
    }

    private void CallAll<TAttribute>()
        where TAttribute : Attribute
    {
        foreach (MethodInfo method in _instance.GetType().GetMethods().Where(m => m.IsDefined(typeof(TAttribute)))) method.Invoke(_instance, null);
    }
}
