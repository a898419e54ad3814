package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"triage/internal/classify/learn"
	gatelearn "triage/internal/respond/gate/learn"
)

// gateTraining is one run of train gate.
type gateTraining struct {
	vectors, out string
	written      []string
	learner      gatelearn.Learner
}

func trainGateCommand() *cobra.Command {
	t := &gateTraining{}
	cmd := &cobra.Command{
		Use:   "gate [flags] --out FILE LABELS...",
		Short: "Learn the network of the reply gate",
		Long: `gate learns from labelled JSONL (fields reply, comment, safe, why, lang, staff and
own) which replies may be published, and writes the network as one file. No text is
in it. Replies named by --written were made up and count half. The same input gives
the same file on one kind of processor.`,
		Example: "  triage train gate --vectors vectors.bin --out gate.bin --written written.jsonl replies.jsonl",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || t.out == "" || t.vectors == "" {
				return fmt.Errorf("%w: train gate needs --vectors FILE, --out FILE and files of LABELS; see triage train gate --help", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return t.run(cmd, args) },
	}
	cmd.Flags().StringVar(&t.vectors, "vectors", "", "word vectors, as triage train vectors writes them")
	cmd.Flags().StringVar(&t.out, "out", "", "the file to write")
	cmd.Flags().StringArrayVar(&t.written, "written", nil, "labelled JSONL of made-up replies (repeat for more)")
	cmd.Flags().StringVar(&t.learner.Name, "name", "own", "what the network is called")
	cmd.Flags().Float64Var(&t.learner.Pass, "pass", 90, "of a hundred safe replies, so many pass")
	cmd.Flags().IntVar(&t.learner.Shape.Filters, "filters", 96, "filters of each width, a multiple of 32; more are slower")
	cmd.Flags().IntVar(&t.learner.Shape.Epochs, "rounds", 8, "how often every reply is learned from")
	cmd.Flags().Uint64Var(&t.learner.Shape.Seed, "seed", 1, "another number gives another network, about as good")
	return cmd
}

func (t *gateTraining) run(cmd *cobra.Command, files []string) error {
	if err := readable(slices.Concat(files, t.written)); err != nil {
		return err
	}
	b, err := os.ReadFile(t.vectors)
	if err != nil {
		return fmt.Errorf("read vectors: %w", err)
	}
	if t.learner.Vectors, err = learn.ReadVectors(b); err != nil {
		return err
	}
	replies, err := t.replies(files)
	if err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	t.learner.Progress = func(done float64) { p.say("learning from %d replies: %.0f%%", len(replies), 100*done) }
	out, err := t.learner.Network(replies)
	p.clear()
	if err != nil {
		return err
	}
	if err := os.WriteFile(t.out, out, 0o644); err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "learned from %d replies; %s has %d bytes\n", len(replies), t.out, len(out))
	return nil
}

func (t *gateTraining) replies(files []string) ([]gatelearn.Reply, error) {
	var all []gatelearn.Reply
	for i, f := range slices.Concat(files, t.written) {
		err := eachLine(f, func(raw []byte) error {
			r, err := gatelearn.Parse(raw)
			r.Written = i >= len(files)
			all = append(all, r)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
