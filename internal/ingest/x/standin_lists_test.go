package x

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// list answers with mentions or own posts: newest first, newest versions only,
// since_id exclusive, 800 at most.
func (r *rig) list(w http.ResponseWriter, q url.Values, own bool) {
	var all []*fact
	for _, f := range r.posts {
		if f.id == f.versions[len(f.versions)-1] && (f.author == us) == own && (own || strings.Contains(f.text, "@"+name) || f.quotes != "") &&
			!f.secret && number(f.id) > number(q.Get("since_id")) {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b *fact) int { return cmp.Compare(number(b.id), number(a.id)) })
	all = all[:min(len(all), 800)]
	from, _ := strconv.Atoi(strings.TrimPrefix(q.Get("pagination_token"), "token"))
	to := min(len(all), from+r.pageSize)
	meta := map[string]any{"result_count": to - from}
	if to < len(all) {
		meta["next_token"] = fmt.Sprint("token", to)
	}
	r.answerWith(w, q, all[from:to], map[string]any{"meta": meta})
}

// byID answers a look-up, with an error for each that is not shown.
func (r *rig) byID(w http.ResponseWriter, q url.Values) {
	var found []*fact
	var errs []any
	for _, id := range strings.Split(q.Get("ids"), ",") {
		f := r.posts[id]
		if f != nil && !f.secret {
			found = append(found, f)
			continue
		}
		kind := "resource-not-found"
		if f != nil {
			kind = "not-authorized-for-resource"
		}
		errs = append(errs, map[string]any{"value": id, "resource_id": id, "resource_type": "post", "parameter": "ids", "title": "Not Found Error",
			"detail": "Could not find post.", "type": "https://api.x.com/2/problems/" + kind})
	}
	answer := map[string]any{}
	if len(errs) > 0 {
		answer["errors"] = errs
	}
	r.answerWith(w, q, found, answer)
}

// answerWith renders posts in the spelling that was asked for.
func (r *rig) answerWith(w http.ResponseWriter, q url.Values, found []*fact, answer map[string]any) {
	noun, asked := "tweet", q.Get("tweet.fields")
	if q.Has("post.fields") {
		noun, asked = "post", q.Get("post.fields")+","+q.Get("expansions")
	}
	wanted := strings.Split("id,text,edit_history_tweet_ids,"+asked, ",")
	var data []any
	along := map[string]any{}
	for _, f := range found {
		data = append(data, r.render(f, noun, wanted))
		for _, id := range append([]string{f.answers, f.quotes}, f.versions...) {
			expanded := slices.Contains(strings.Split(q.Get("expansions"), ","), "referenced_"+map[string]string{"tweet": "tweets.id", "post": "posts"}[noun])
			if g := r.posts[id]; g != nil && id != f.id && !g.secret && expanded {
				along[id] = r.render(g, noun, wanted)
			}
		}
	}
	if len(data) > 0 {
		answer["data"] = data
		users := []any{map[string]any{"id": pat, "name": "Pat", "username": "pat_example", "receives_your_dm": true}}
		answer["includes"] = map[string]any{"users": users, noun + "s": slices.AppendSeq([]any{}, maps.Values(along))}
	}
	reply(w, 200, answer)
}

// render tells of a post what was asked for.
func (r *rig) render(f *fact, noun string, wanted []string) map[string]any {
	m := map[string]any{
		"id": f.id, "text": f.text, "author_id": f.author, "conversation_id": f.conversation, "edit_history_" + noun + "_ids": f.versions,
		"created_at": madeAt(f.id).Format("2006-01-02T15:04:05.000Z"),
	}
	entities := map[string]any{"mentions": r.namesIn(f.text)}
	var links []any
	for short, full := range f.links {
		links = append(links, map[string]any{"start": 0, "end": 1, "url": short, "expanded_url": full})
	}
	if links != nil {
		entities["urls"] = links
	}
	m["entities"] = entities
	if f.shown >= 0 {
		m["display_text_range"] = []int{f.shown, len([]rune(f.text))}
	}
	if f.note != "" {
		m["note_"+noun] = map[string]any{"text": f.note, "entities": map[string]any{"mentions": r.namesIn(f.note)}}
	}
	var refs []any
	for kind, id := range map[string]string{"replied_to": f.answers, "quoted": f.quotes, "retweeted": f.retweets} {
		if id != "" {
			refs = append(refs, map[string]any{"type": kind, "id": id})
		}
	}
	if refs != nil {
		m["referenced_"+noun+"s"] = refs
	}
	if f.media {
		m["attachments"] = map[string]any{"media_keys": []string{"3_1"}}
	}
	maps.DeleteFunc(m, func(name string, _ any) bool { return !slices.Contains(wanted, name) })
	return m
}

// namesIn are the places where a text names the account.
func (r *rig) namesIn(text string) []any {
	out := []any{}
	for at := 0; ; {
		i := strings.Index(text[at:], "@"+name)
		if i < 0 {
			return out
		}
		from := len([]rune(text[:at+i]))
		m := map[string]any{"start": from, "end": from + 9, "username": name, "id": us}
		if r.names {
			delete(m, "id")
		}
		out, at = append(out, m), at+i+9
	}
}
