package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentsNameTestsThatExist holds what the documents say is shown by a test
// against the tests.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	const root = "../.."
	there := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(data, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	docs, _ := filepath.Glob(root + "/docs/*.md")
	named := 0
	for _, doc := range append(docs, root+"/README.md") {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(bytes.TrimSpace(data), -1) {
			if named++; !there[string(name[1])] {
				t.Errorf("%s names %s, which is not there", filepath.Base(doc), name[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d tests are named: it looks in the wrong place", named)
	}
}
