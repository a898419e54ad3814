package facebook

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

func TestPostsThatWereReadToTheirEnd(t *testing.T) {
	r := start(t)
	for i := range 60 { // a second page
		r.add(sandbox.Comment{Text: fmt.Sprint(i), Post: "long"})
	}
	short := r.add(sandbox.Comment{Text: "a", Post: "short"})
	found := r.mustSweep()
	posts := r.Posts()
	for _, c := range found {
		if !slices.Contains(posts, c.Content.Post) {
			t.Fatalf("%v were read to their end, not that of %s", posts, c.Content.Item)
		}
	}
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/comments") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":{"message":"gone","code":100,"error_subcode":33}}`))
			return
		}
		r.box.ServeHTTP(w, req)
	}
	r.mustSweep()
	if got := r.Posts(); !slices.Contains(got, found[short].Content.Post) || len(got) != len(posts)-1 {
		t.Errorf("%v were read to their end: want all but the one whose second page is gone", got)
	}
}

// kept is the keeper, sink and memory of a Poller.
type kept struct {
	items   map[string]string // the platform's id by ours
	deleted []string
}

func (k *kept) Keep(_ context.Context, batch []ingest.Comment) error {
	for _, c := range batch {
		k.items[c.ID] = c.Content.Item
	}
	return nil
}
func (k *kept) Publish(context.Context, []ingest.Comment) error { return nil }
func (k *kept) Load(context.Context, string, string) (ingest.Mark, error) {
	return ingest.Mark{}, nil
}
func (k *kept) Save(context.Context, string, string, ingest.Mark, uint64) error { return nil }
func (k *kept) Known(context.Context, string) ([]string, error)                 { return nil, nil }
func (k *kept) Item(_ context.Context, id string) (string, error)               { return k.items[id], nil }
func (k *kept) Deleted(_ context.Context, ids []string) error {
	for _, id := range ids {
		k.deleted = append(k.deleted, k.items[id])
	}
	return nil
}

func TestDeletedByItsAuthor(t *testing.T) {
	r := start(t)
	var made []string
	for i := range 10 {
		made = append(made, r.add(sandbox.Comment{Text: fmt.Sprint(i)}))
	}
	k := &kept{items: map[string]string{}}
	p := &ingest.Poller{Platform: Platform, Account: "main", Source: r.Client, Names: ingest.NewNamer([]byte("key")), Keep: k, Sink: k, Marks: k,
		Deletions: &ingest.Deletions{Account: r.Client, Kept: k}, Log: zap.NewNop(), Now: time.Now}
	sweep := func() {
		t.Helper()
		if _, err := p.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	r.control("DELETE", "/comments/"+made[3], nil)
	sweep()
	if fmt.Sprint(k.deleted) != fmt.Sprint(made[3:4]) {
		t.Fatalf("erased %v, want %v", k.deleted, made[3:4])
	}
	// The permission is lost: lists are empty, and single comments not shown.
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.Path, "feed") || strings.Contains(req.URL.Path, "posts") {
			_, _ = w.Write([]byte(`{"data":[{"id":"` + sandbox.PageID + `_1","comments":{"data":[]}}]}`))
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":{"message":"gone","code":100,"error_subcode":33}}`))
	}
	sweep()
	if len(k.deleted) != 1 {
		t.Fatalf("a lost permission erased %d comments", len(k.deleted)-1)
	}
}
