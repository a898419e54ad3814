package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
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
perhaps lang). Words are stored by their hashes. A word that is in none of the
--written files, of --words or of the classifier's lists is left out, and so is
one that the texts write with a capital more often than not and no list has: a
name must neither get into a file that is given away nor mean anything.`,
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
	cmd.Flags().StringVar(&t.words, "words", "", "words to know, the commonest first, one at the beginning of each line")
	cmd.Flags().IntVar(&t.most, "most", 40000, "how many of --words are known even if no text has them")
	cmd.Flags().IntVar(&t.rounds, "rounds", 6, "how often every text is learned from")
	return cmd
}

// vectorTraining is one run of the command.
type vectorTraining struct {
	out, words   string
	written      []string
	most, rounds int

	lists    *lexicon.Lists
	keep     map[string]bool
	capitals map[string]int // by word: how often with a capital less how often without
}

func (t *vectorTraining) run(cmd *cobra.Command, files []string) error {
	var err error
	if t.lists, err = lexicon.Load(); err != nil {
		return err
	}
	t.keep, t.capitals = map[string]bool{}, map[string]int{}
	var texts [][]string
	for i, f := range append(t.written, files...) {
		if texts, err = t.read(texts, f, i < len(t.written)); err != nil {
			return err
		}
	}
	words, err := t.readWords(texts)
	if err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	field := learn.LearnVectors(texts, t.rounds, func(done float64) { p.say("learning vectors: %.0f%%", 100*done) })
	p.clear()
	v := learn.Keep(field, t.kept, words)
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
func (t *vectorTraining) read(texts [][]string, path string, keep bool) ([][]string, error) {
	err := eachLine(path, func(raw []byte) error {
		var s struct{ Text, Lang string }
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		if s.Lang == "" {
			s.Lang = "en"
		}
		var words []string
		for _, k := range t.lists.Inputs(s.Text, s.Lang) {
			w := k.Prefixes()[0] + k.Word
			words = append(words, w)
			if k.Tags&lexicon.TagUpper != 0 {
				t.capitals[w]++
			} else {
				t.capitals[w]--
			}
			if keep {
				t.keep[w] = true
			}
		}
		texts = append(texts, words)
		return nil
	})
	return texts, err
}

// kept reports whether a word may be known.
func (t *vectorTraining) kept(w string) bool {
	return t.lists.Knows(w) || t.keep[w] && t.capitals[w] <= 0
}

// readWords reads the words of --words that are in the texts and the first so
// many others; all of them may be kept.
func (t *vectorTraining) readWords(texts [][]string) ([]string, error) {
	if t.words == "" {
		return nil, nil
	}
	wanted := map[string]bool{}
	for _, text := range texts {
		for _, w := range text {
			wanted[w] = true
		}
	}
	f, err := os.Open(t.words)
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	defer func() { _ = f.Close() }()
	var order []string
	sc := bufio.NewScanner(f)
	for sc.Buffer(nil, 1<<20); sc.Scan(); {
		word, _, _ := strings.Cut(sc.Text(), " ")
		if !wanted[word] && len(order) >= t.most {
			continue
		}
		t.keep[word] = true
		if t.kept(word) {
			order = append(order, word)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	return order, nil
}
