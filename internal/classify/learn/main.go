// Learn rebuilds internal/classify/model/weights.bin from labelled texts:
//
//	go run ./internal/classify/learn -out internal/classify/model/weights.bin ../shared/data/reviews.train.jsonl ../shared/data/comments.train.jsonl
//
// Texts are read, numbers are written.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"triage/internal/classify"
)

func main() {
	out := flag.String("out", "", "file to write")
	flag.Parse()
	if err := learn(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "learn:", err)
		os.Exit(1)
	}
}

// commentWeight is how much a short comment counts against a review: there
// are few of them, and the practice's pages are full of them.
const commentWeight = 3

func learn(out string, files []string) error {
	var all []classify.Sample
	for _, f := range files {
		ss, err := readSamples(f)
		if err != nil {
			return err
		}
		all = append(all, ss...)
	}
	b, err := classify.Train(all)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, b, 0o644); err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	return nil
}

func readSamples(file string) ([]classify.Sample, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	defer f.Close()
	var ss []classify.Sample
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var s classify.Sample
		if err := json.Unmarshal(sc.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("read samples: %w", err)
		}
		if strings.Contains(file, "comments") {
			s.Weight = commentWeight
		}
		ss = append(ss, s)
	}
	return ss, sc.Err()
}
