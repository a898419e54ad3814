package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"triage/internal/classify/learn"
	"triage/internal/classify/lexicon"
)

func trainVectorsCommand() *cobra.Command {
	t := &vectorTraining{}
	cmd := &cobra.Command{
		Use:   "vectors [flags] --out FILE TEXTS...",
		Short: "Learn word vectors from texts, labelled or not",
		Long: `vectors learns what words stand beside each other in JSONL of texts (field text,
perhaps lang) and joins that with general vectors in GloVe's text form, one word
and its numbers a line. Words are stored by their hashes. A word that is in none
of the --written files, the word lists or the general vectors is left out, so that
nobody's name gets in.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args)+len(t.written) == 0 || t.out == "" {
				return fmt.Errorf("%w: train vectors needs --out FILE and files of TEXTS; see triage train vectors --help", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return t.run(cmd, args) },
	}
	cmd.Flags().StringVar(&t.out, "out", "", "the file to write")
	cmd.Flags().StringArrayVar(&t.written, "written", nil, "JSONL of made-up texts, whose words may all be kept (repeat for more)")
	cmd.Flags().StringVar(&t.general, "general", "", "general word vectors in GloVe's text form")
	cmd.Flags().IntVar(&t.most, "most", 40000, "how many words of the general vectors are taken besides those in the texts")
	cmd.Flags().IntVar(&t.rounds, "rounds", 6, "how often every text is learned from")
	return cmd
}

// vectorTraining is one run of the command.
type vectorTraining struct {
	out, general string
	written      []string
	most, rounds int

	keep map[string]bool
}

func (t *vectorTraining) run(cmd *cobra.Command, files []string) error {
	lists, err := lexicon.Load()
	if err != nil {
		return err
	}
	t.keep = map[string]bool{}
	var texts [][]string
	for i, f := range append(t.written, files...) {
		if texts, err = t.read(texts, lists, f, i < len(t.written)); err != nil {
			return err
		}
	}
	general, order, err := t.readGeneral(texts)
	if err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	field := learn.LearnVectors(texts, t.rounds, func(done float64) { p.say("learning vectors: %.0f%%", 100*done) })
	p.clear()
	v := learn.Join(field, general, order, func(w string) bool { return t.keep[w] || lists.Knows(w) })
	b, err := v.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(t.out, b, 0o644); err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%d words of %d texts; %s has %d bytes\n", v.Words, len(texts), t.out, len(b))
	return nil
}

// read adds the words of a file's texts, each marked with its language.
func (t *vectorTraining) read(texts [][]string, lists *lexicon.Lists, path string, keep bool) ([][]string, error) {
	err := eachLine(path, func(raw []byte) error {
		var s struct{ Text, Lang string }
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		if s.Lang == "" {
			s.Lang = "en"
		}
		var words []string
		for _, k := range lists.Inputs(s.Text, s.Lang) {
			w := k.Prefixes()[0] + k.Word
			words = append(words, w)
			if keep {
				t.keep[w] = true
			}
		}
		texts = append(texts, words)
		return nil
	})
	return texts, err
}

// readGeneral reads the general vectors of the words in the texts and of the
// first so many others.
func (t *vectorTraining) readGeneral(texts [][]string) (map[string][]float32, []string, error) {
	if t.general == "" {
		return nil, nil, nil
	}
	wanted := map[string]bool{}
	for _, text := range texts {
		for _, w := range text {
			wanted[w] = true
		}
	}
	f, err := os.Open(t.general)
	if err != nil {
		return nil, nil, fmt.Errorf("read general vectors: %w", err)
	}
	defer func() { _ = f.Close() }()
	vectors, order := map[string][]float32{}, []string(nil)
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for line := 1; sc.Scan(); line++ {
		word, rest, _ := strings.Cut(sc.Text(), " ")
		if !wanted[word] && len(order) >= t.most {
			continue
		}
		fields := strings.Fields(rest)
		v := make([]float32, len(fields))
		for i, x := range fields {
			n, err := strconv.ParseFloat(x, 32)
			if err != nil {
				return nil, nil, fmt.Errorf("read general vectors: line %d: %w", line, err)
			}
			v[i] = float32(n)
		}
		vectors[word] = v
		order = append(order, word)
	}
	if err := sc.Err(); err != nil {
		return nil, nil, fmt.Errorf("read general vectors: %w", err)
	}
	return vectors, order, nil
}
