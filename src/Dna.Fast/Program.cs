Console.WriteLine("dna");
