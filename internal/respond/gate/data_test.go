package gate

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

type labelled struct {
	ID, Comment, Reply, Why, Lang string
	Safe                          bool
	Staff, Own                    []string
}

func readLabelled(t testing.TB, path string) []labelled {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var l labelled
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}
