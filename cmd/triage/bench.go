package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func benchCommand() *cobra.Command {
	b := &bench{}
	cmd := &cobra.Command{
		Use:   "bench [flags] [FILE...]",
		Short: "Measure the classifier and the pipeline on this machine, as ratios",
		Long: `bench measures in one run, on this machine, and compares:

  triage scan --format jsonl on one core, as a process of its own, with fastText's
  predict over the same texts, if the program fasttext is installed: once with a
  model of words, once of words and pairs, both learned from these texts beforehand;
  the classifier, with reasons, with a loop that touches every byte of the same
  texts and counts words;
  comments that are read, sealed, judged and filed, with as many events that are
  only written to the embedded JetStream, synced in batches, and read back.

Texts are invented (20 to 2,000 characters, in three languages) or those of FILE,
as triage scan reads it. Times of the first two are processor time, so that what
else the machine does hardly counts; of the third they are by the clock. On another
machine only the ratios compare. What it writes goes to a temporary directory (see
TMPDIR), the texts of FILE too, and is removed in the end.`,
		Example: `  triage bench
  triage bench reviews.jsonl.gz
  triage bench --json --events 10000 > figures.json`,
		RunE: func(cmd *cobra.Command, files []string) error { return b.run(cmd, files) },
	}
	cmd.Flags().BoolVar(&b.json, "json", false, "write the figures as JSON")
	cmd.Flags().IntVar(&b.events, "events", 2000, "how many comments go through the pipeline")
	cmd.Flags().IntVar(&b.most, "texts", 10_000, "how many texts are classified; of FILE the first ones")
	return cmd
}

// bench is one run of the command.
type bench struct {
	json         bool
	events, most int

	texts    []string
	dir      string // temporary
	progress *progress
}

// benchFigures are what one run measured. Rates are per second.
type benchFigures struct {
	Version    string            `json:"version"`
	Machine    string            `json:"machine"`
	Texts      textFigures       `json:"texts"`
	Scan       scanFigures       `json:"scan"`
	Classifier classifierFigures `json:"classifier"`
	Pipeline   pipelineFigures   `json:"pipeline"`
}

// textFigures tell what was classified.
type textFigures struct {
	Invented bool `json:"invented"`
	Count    int  `json:"count"`
	Bytes    int  `json:"bytes"`
}

func (b *bench) run(cmd *cobra.Command, files []string) (err error) {
	if b.events < 1 || b.most < 1 {
		return fmt.Errorf("%w: --events and --texts are at least 1", errUsage)
	}
	b.progress = newProgress(cmd.ErrOrStderr())
	if b.texts, err = b.sample(files, cmd.InOrStdin()); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "triage-bench-"); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	f, err := b.measure(cmd.Context())
	b.progress.clear()
	switch {
	case cmd.Context().Err() != nil:
		return errors.New("bench interrupted: nothing is left behind")
	case err != nil:
		return fmt.Errorf("bench: %w", err)
	}
	f.Texts.Invented = len(files) == 0
	return f.write(cmd.OutOrStdout(), b.json)
}

// measure begins with the scans: a child's peak of memory counts what this
// process had when it started it.
func (b *bench) measure(ctx context.Context) (*benchFigures, error) {
	f := &benchFigures{
		Version: buildVersion(),
		Machine: fmt.Sprintf("%s, %s/%s, %d cores", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU()),
		Texts:   textFigures{Count: len(b.texts), Bytes: bytesIn(b.texts)},
	}
	for _, part := range []func(context.Context, *benchFigures) error{b.scans, b.classifier, b.pipeline} {
		if err := part(ctx, f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func bytesIn(texts []string) (n int) {
	for _, t := range texts {
		n += len(t)
	}
	return n
}

// used is the processor time that this process has used so far.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for nobody but wrong callers
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rate is how many there are a second.
func rate[N int | float64](n N, in time.Duration) float64 {
	return float64(n) / max(in, time.Microsecond).Seconds()
}

func (f *benchFigures) write(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(f)
	}
	from := "given"
	if f.Texts.Invented {
		from = "invented"
	}
	fmt.Fprintf(w, "triage %s (%s): %d %s texts, %.1f MB\n\n", f.Version, f.Machine, f.Texts.Count, from, mega(f.Texts.Bytes))
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	c, p := &f.Classifier, &f.Pipeline
	row(t, "", "RATE", "AGAINST", "RATE", "RATIO")
	scan := fmt.Sprintf("%.0f texts/s", f.Scan.Rate)
	for _, other := range f.Scan.FastText {
		row(t, "scan, one core", scan, other.Name, fmt.Sprintf("%.0f texts/s", other.Rate), proportion(other.Ratio))
	}
	if len(f.Scan.FastText) == 0 {
		row(t, "scan, one core", scan, "fastText", "not installed", "")
	}
	row(t, "classifier, one core", fmt.Sprintf("%.0f texts/s, %.2f MB/s", c.Rate, c.MBRate), "bare scan of the bytes", fmt.Sprintf("%.0f MB/s", c.BareMBRate), proportion(c.Ratio))
	row(t, "pipeline, sealed", fmt.Sprintf("%.0f comments/s", p.Rate), "raw JetStream, sealed", fmt.Sprintf("%.0f events/s", p.RawRate), proportion(p.Ratio))
	_ = t.Flush()
	_, err := fmt.Fprintf(w, `
scan, whole process       %s at the peak
text of 2,000 characters  %.3f ms half of the time, %.3f ms in 99 of 100 cases
memory taken per text     %.3f times
classifier made           in %.0f ms%s
program                   %.1f MB
`, f.Scan.peak(), c.Long.P50, c.Long.P99, c.Allocations, c.Ready, c.network(), mega(c.Program))
	return err
}

func row(w io.Writer, cells ...any) {
	_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", cells...)
}

// proportion writes small ratios so that they can be read.
func proportion(r float64) string {
	if r > 0 && r < 0.1 {
		return fmt.Sprintf("1/%.0f", 1/r)
	}
	return fmt.Sprintf("%.2f", r)
}

func mega[N int | int64](bytes N) float64 { return float64(bytes) / 1e6 }
