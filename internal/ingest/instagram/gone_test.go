package instagram

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// A comment that a list leaves out because we hid it was not deleted, and one
// that its author deleted was.
func TestHiddenIsNotDeleted(t *testing.T) {
	r := start(t)
	r.hidesAway = true
	post := r.add(nil, ownName, "post")
	var all []*item
	some(6, func(i int) { all = append(all, r.add(post, "pat", text(i))) })
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
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Hide, Item: all[2].id}); out.Result != ingest.Done {
		t.Fatalf("%+v", out)
	}
	if o, err := r.Observe(t.Context(), all[2].id); err != nil || !o.Hidden || o.Gone {
		t.Errorf("%+v, %v", o, err)
	}
	sweep()
	if len(k.deleted) != 0 {
		t.Errorf("hidden, and erased %v", k.deleted)
	}
	r.remove(all[3])
	sweep()
	if fmt.Sprint(k.deleted) != fmt.Sprint([]string{all[3].id}) {
		t.Errorf("erased %v, want %s", k.deleted, all[3].id)
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
