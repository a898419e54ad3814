package instagram

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap/zaptest/observer"
)

const (
	ownID, pageID, ownName = "17841400000000001", "100200300400500", "cedar.family"
	canary                 = "canarytoken"
)

// item is a media (Top), a comment or a reply of the stand-in.
type item struct {
	id, text, user string
	at             time.Time
	hidden         bool
	below          []*item // comments newest first, replies oldest first
	under          *item
}

// rig is a client in front of a small stand-in of Instagram over real HTTP.
// Where answer is set and returns true it has answered itself.
type rig struct {
	*testing.T
	*Client
	url    string
	logs   *observer.ObservedLogs
	answer func(http.ResponseWriter, *http.Request) bool
	later  time.Duration // how far the clock is ahead

	mu         sync.Mutex
	media      []*item // newest first
	byID       map[string]*item
	made       int
	private    []string // comments that were answered privately
	seen, body []string // "METHOD /path" and form of every request
	hidesAway  bool     // lists leave out what is hidden
	uncounted  bool     // comments_count leaves out replies
}

// add makes an item below another; nil: a media.
func (r *rig) add(under *item, user, text string) *item {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made++
	it := &item{id: strconv.Itoa(17990000000000000 + r.made), text: text, user: user, under: under, at: time.Now().UTC().Truncate(time.Second).Add(-time.Hour)}
	switch {
	case under == nil:
		r.media = append([]*item{it}, r.media...)
	case under.under == nil:
		under.below = append([]*item{it}, under.below...)
	default:
		under.below = append(under.below, it)
	}
	r.byID[it.id] = it
	return it
}

func (r *rig) remove(it *item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byID, it.id)
	for i, one := range it.under.below {
		if one == it {
			it.under.below = append(it.under.below[:i:i], it.under.below[i+1:]...)
		}
	}
}

func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(raw))
	_ = req.ParseForm()
	r.mu.Lock()
	r.seen, r.body = append(r.seen, req.Method+" "+req.URL.Path), append(r.body, string(raw))
	r.mu.Unlock()
	if r.answer != nil && r.answer(w, req) {
		return
	}
	r.mu.Lock()
	out := r.route(req)
	r.mu.Unlock()
	if out == nil {
		w.WriteHeader(http.StatusBadRequest)
		out = map[string]any{"error": map[string]any{"message": "x", "type": "IGApiException", "code": 100, "error_subcode": 33}}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (r *rig) route(req *http.Request) map[string]any {
	path := strings.Split(strings.TrimPrefix(req.URL.Path, "/v26.0/"), "/")
	it := r.byID[path[0]]
	switch {
	case req.Header.Get("Authorization") != "Bearer "+canary:
		return map[string]any{"error": map[string]any{"code": 190}}
	case path[0] == "me" && len(path) == 1:
		return map[string]any{"id": map[bool]string{true: pageID, false: "26000000000000001"}[r.cfg.Login == FacebookLogin], "name": "Cedar", "category": "Doctor",
			"instagram_business_account": map[string]string{"id": ownID}, "user_id": ownID, "username": ownName, "account_type": "BUSINESS"}
	case path[0] == ownID && len(path) == 1:
		return map[string]any{"id": ownID, "username": ownName}
	case path[0] == ownID && path[1] == "media":
		return r.list(r.media, req.Form.Get("limit"), req)
	case len(path) == 2 && path[1] == "messages" && req.Method == http.MethodPost:
		r.private = append(r.private, req.Form.Get("recipient")+req.Form.Get("message"))
		return map[string]any{"recipient_id": "5", "message_id": "m_1"}
	case it == nil:
		return nil
	case req.Method == http.MethodPost:
		return r.write(it, req)
	case len(path) == 2:
		return r.list(it.below, req.Form.Get("limit"), req)
	default:
		return r.show(it, req.Form.Get("fields"))
	}
}

func (r *rig) write(it *item, req *http.Request) map[string]any {
	switch {
	case req.Form.Get("method") == "DELETE":
		r.mu.Unlock()
		r.remove(it)
		r.mu.Lock()
	case req.Form.Has("hide"):
		it.hidden = req.Form.Get("hide") == "true"
	case strings.HasSuffix(req.URL.Path, "/replies") && !it.hidden:
		if it.under.under != nil {
			it = it.under
		}
		r.mu.Unlock()
		made := r.add(it, ownName, req.Form.Get("message"))
		r.mu.Lock()
		made.at = time.Now().UTC()
		return map[string]any{"id": made.id}
	default:
		return map[string]any{"error": map[string]any{"code": 100, "message": "the comment is hidden"}}
	}
	return map[string]any{"success": true}
}

// list is a page; the last one has no paging at all.
func (r *rig) list(items []*item, limit string, req *http.Request) map[string]any {
	most, _ := strconv.Atoi(limit)
	from := 0
	for i, it := range items {
		if it.id == req.Form.Get("after") {
			from = i + 1
		}
	}
	if after := req.Form.Get("after"); after != "" && from == 0 {
		return map[string]any{"error": map[string]any{"code": 100, "message": "dead cursor"}}
	}
	return r.page(items[from:], most, req.Form.Get("fields"))
}

func (r *rig) page(items []*item, most int, fields string) map[string]any {
	data := []any{}
	out := map[string]any{}
	for i, it := range items {
		if most > 0 && i == most {
			out["paging"] = map[string]any{"cursors": map[string]string{"after": items[i-1].id}, "next": "https://thief.example/?access_token=" + canary}
			break
		}
		if !it.hidden || !r.hidesAway {
			data = append(data, r.show(it, fields))
		}
	}
	out["data"] = data
	return out
}

var limits = regexp.MustCompile(`(comments|replies)\.limit\(([0-9]+)\)`)

// show gives an item with what is below it, as far as the fields ask for it.
func (r *rig) show(it *item, fields string) map[string]any {
	out := map[string]any{"id": it.id, "timestamp": it.at.Format("2006-01-02T15:04:05-0700")}
	inner := map[string]int{}
	for _, m := range limits.FindAllStringSubmatch(fields, -1) {
		inner[m[1]], _ = strconv.Atoi(m[2])
	}
	edge := "replies"
	if it.under == nil {
		n := len(it.below)
		for _, c := range it.below {
			if !r.uncounted {
				n += len(c.below)
			}
		}
		out["caption"], out["permalink"], out["comments_count"], edge = it.text, "https://www.instagram.com/p/x", n, "comments"
	} else {
		out["text"], out["username"], out["hidden"] = it.text, it.user, it.hidden
		out["from"] = map[string]string{"id": "54" + it.user, "username": it.user}
		if it.user == ownName {
			out["user"] = map[string]string{"id": ownID}
		}
		if it.under.under != nil {
			out["parent_id"] = it.under.id
		}
	}
	if most := inner[edge]; most > 0 && len(it.below) > 0 {
		out[edge] = r.page(it.below, most, strings.TrimPrefix(fields, mediaFields+",comments"))
	}
	return out
}
