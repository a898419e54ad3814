package graph

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"

	"triage/internal/ingest"
)

const (
	fewestAtOnce = 5
	maxPages     = 1000 // of one list: a server that never ends is not believed
	maxRestarts  = 3    // of a list whose cursors die under us
	maxMishaps   = 3    // of single posts in one sweep
)

// Page is one page of a list, as the Graph API gives it in answers and inside
// other objects.
type Page struct {
	Data []json.RawMessage
	// More holds the parameters that ask for the next page; nil at the end.
	More Params
}

// PageOf reads a page; ok is false if it is none. Only paging.next says that
// there is more: a short or empty page does not, and a cursor is there on the
// last one too. Its address is not followed, for it holds the token and may
// point anywhere.
func PageOf(o Object) (p Page, ok bool) {
	p.Data, ok = o.List("data")
	paging := o.Object("paging")
	next := paging.Text("next")
	if next == "" {
		return p, ok
	}
	p.More = Params{}
	if after := paging.Object("cursors").Text("after"); after != "" {
		p.More["after"] = after
		return p, ok
	}
	u, err := url.Parse(next)
	if err != nil {
		return p, false
	}
	for _, name := range []string{"after", "until", "__paging_token", "offset"} {
		if v := u.Query().Get(name); v != "" {
			p.More[name] = v
		}
	}
	return p, ok && len(p.More) > 0
}

// Within reads the page that came inside o under name: an empty one where
// there is none, and one that begins with what is to be read where it makes no
// sense.
func Within(o Object, name string) Page {
	p, ok := PageOf(o.Object(name))
	switch {
	case !o.Has(name):
		return Page{}
	case !ok:
		return Page{More: Params{}}
	default:
		return p
	}
}

// same reports whether two pages would be the same one.
func (p Params) same(q Params) bool {
	if len(p) != len(q) {
		return false
	}
	for k, v := range p {
		if q[k] != v {
			return false
		}
	}
	return true
}

// List is a list to be walked: its path, how its pages are asked for, and where
// to begin (nil: at the start).
type List struct {
	Path        string
	Page, After Params
}

// Walk visits the pages of a list to its end, or until visit is done. When a
// cursor died because its item was deleted, it starts over, so that a page may
// be visited twice; when Meta finds the answer too large, it asks for half.
func (a *API) Walk(ctx context.Context, l List, visit func(Page) (done bool, err error)) error {
	p, more, restarts := Params{}, l.After, 0
	maps.Copy(p, l.Page)
	for range maxPages {
		asked := maps.Clone(p)
		maps.Copy(asked, more)
		o, err := a.Read(ctx, l.Path, asked)
		limit, _ := p["limit"].(int)
		switch {
		case err == nil:
		case CodeOf(err) == "1" && limit > fewestAtOnce:
			p["limit"] = max(fewestAtOnce, limit/2)
			continue
		case Wrong(err) && len(more) > 0 && restarts < maxRestarts:
			restarts++
			more = nil
			continue
		default:
			return err
		}
		pg, ok := PageOf(o)
		if !ok || len(more) > 0 && pg.More.same(more) {
			return a.Senseless()
		}
		if done, err := visit(pg); done || err != nil || pg.More == nil {
			return err
		}
		more = pg.More
	}
	return a.Senseless()
}

// Wrong reports whether a read failed because the platform found something
// wrong with the request, or does not have what was asked for.
func Wrong(err error) bool { return strings.HasPrefix(CodeOf(err)+"/", "100/") }

// Mishaps are what went wrong with single posts in one sweep.
type Mishaps struct{ errs []error }

// Keep decides whether the failure of one post ends the sweep: then it returns
// it. A post that is gone is no failure.
func (m *Mishaps) Keep(ctx context.Context, err error) error {
	if err == nil || Gone(err) {
		return nil
	}
	var e *ingest.ReadError
	whole := !errors.As(err, &e) || e.Kind == ingest.Dead || e.Kind == ingest.Throttled || e.Status == 0 && e.Kind == ingest.Temporary
	if whole || ctx.Err() != nil || len(m.errs)+1 >= maxMishaps {
		return err
	}
	m.errs = append(m.errs, err)
	return nil
}

// Err is the first of them; nil: there was none.
func (m *Mishaps) Err() error {
	if len(m.errs) == 0 {
		return nil
	}
	return m.errs[0]
}
