package x

import (
	"slices"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

const stamp = "2006-01-02T15:04:05.000Z"

// object is something as JSON; what is absent is left out, never null.
type object = map[string]any

// answer collects what a list of posts brings with it.
type answer struct {
	*call
	fields, expansions map[string]bool
	users              map[string]bool // that are included already
	posts              map[string]bool
	included           map[string][]any
	errors             []partial
}

func (c *call) answer() *answer {
	return &answer{call: c, fields: c.list(c.names.param), expansions: c.list("expansions"),
		users: map[string]bool{}, posts: map[string]bool{}, included: map[string][]any{}}
}

// wrap puts data and all that goes with it together.
func (a *answer) wrap(data any, meta object) object {
	out := object{}
	if data != nil {
		out["data"] = data
	}
	if len(a.included) > 0 {
		out["includes"] = a.included
	}
	if meta != nil {
		out["meta"] = meta
	}
	if len(a.errors) > 0 {
		out["errors"] = a.errors
	}
	return out
}

// post gives one with the fields that were asked for, and expands it.
func (a *answer) post(p post) object {
	a.expand(p)
	return a.bare(p)
}

// bare gives a post without bringing anything with it.
func (a *answer) bare(p post) object {
	w := a.words(p, false)
	out := object{"id": p.id(), "text": w.text, a.names.history: p.chain()}
	for field := range a.fields {
		if v := a.field(p, w, field); v != nil {
			out[field] = v
		}
	}
	// An expansion shows the id that it expands, too.
	for field, by := range map[string]string{"author_id": "author_id", "in_reply_to_user_id": "in_reply_to_user_id",
		a.names.references: a.names.expandRefs, "attachments": "attachments.media_keys", "entities": "entities.mentions.username"} {
		v := a.field(p, w, field)
		if v != nil && slices.ContainsFunc(sorted(a.expansions), func(e string) bool { return strings.HasPrefix(e, by) }) {
			out[field] = v
		}
	}
	return out
}

// field gives one; nil: the post does not have it.
func (a *answer) field(p post, w words, name string) any {
	switch name {
	case "author_id":
		return a.author(p.Item).id
	case "created_at":
		return p.at().Format(stamp)
	case "conversation_id":
		return a.root(p.Item).ID
	case "display_text_range":
		return []int{w.start, w.end}
	case "edit_controls":
		return a.editControls(p)
	case "entities":
		return entities(w)
	case "attachments":
		if p.Media != "" && p.Media != "share" {
			return object{"media_keys": []string{mediaKey(p)}}
		}
	case "in_reply_to_user_id":
		if to := a.target(p.Item); to != nil {
			return a.author(to).id
		}
	case a.names.references:
		return a.references(p)
	case a.names.note:
		if weight(p.said()) > maxWeight {
			whole := a.words(p, true)
			return withEntities(object{"text": whole.text}, whole)
		}
	}
	return a.plainField(p, name)
}

// plainField gives what is the same for all posts.
func (a *answer) plainField(p post, name string) any {
	switch name {
	case "lang":
		if lang := p.More[moreLang]; lang != "" {
			return lang
		}
		return "en"
	case "possibly_sensitive":
		return false
	case "reply_settings":
		return "everyone"
	case "public_metrics":
		return object{a.names.reposts: 0, "reply_count": 0, "like_count": 0, "quote_count": 0, "bookmark_count": 0, "impression_count": 1}
	}
	return nil
}

func (a *answer) editControls(p post) any {
	return object{"edits_remaining": max(0, maxEdits-p.Edits), "is_edit_eligible": a.target(p.Item) == nil,
		"editable_until": p.Created.Add(a.span("edit-window")).Format(stamp)}
}

func (a *answer) references(p post) any {
	var out []object
	if to := a.target(p.Item); to != nil {
		out = append(out, object{"type": "replied_to", "id": asOf(to, p.Created).id()})
	}
	if q := a.quoted(p.Item); q != nil {
		out = append(out, object{"type": "quoted", "id": asOf(q, p.Created).id()})
	}
	if out == nil {
		return nil
	}
	return out
}

func withEntities(out object, w words) object {
	if e := entities(w); e != nil {
		out["entities"] = e
	}
	return out
}

// entities are the parts of a text that mean something; nil: there are none.
func entities(w words) any {
	out := map[string][]object{}
	for _, m := range w.mentions {
		out["mentions"] = append(out["mentions"], object{"start": m.start, "end": m.end, "username": m.what, "id": m.who.id})
	}
	for _, m := range w.tags {
		out["hashtags"] = append(out["hashtags"], object{"start": m.start, "end": m.end, "tag": m.what})
	}
	for _, m := range w.links {
		link := object{"start": m.start, "end": m.end, "url": m.short, "expanded_url": m.what, "display_url": strings.TrimPrefix(m.what, "https://")}
		if m.media != "" {
			link["media_key"] = m.media
		}
		out["urls"] = append(out["urls"], link)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// expand includes who and what a post speaks of, as far as it was asked for.
func (a *answer) expand(p post) {
	if a.expansions["author_id"] {
		a.includeUser(a.author(p.Item), "author_id")
	}
	to := a.target(p.Item)
	if to != nil && a.expansions["in_reply_to_user_id"] {
		a.includeUser(a.author(to), "in_reply_to_user_id")
	}
	if a.expansions["entities.mentions.username"] {
		for _, m := range a.words(p, false).mentions {
			a.includeUser(m.who, "entities.mentions.username")
		}
	}
	if a.expansions["attachments.media_keys"] && p.Media != "" && p.Media != "share" {
		a.included["media"] = append(a.included["media"], a.media(p))
	}
	if a.expansions[a.names.expandRefs] {
		a.includePost(p, to)
		a.includePost(p, a.quoted(p.Item))
	}
}

// media gives a picture with the fields that were asked for.
func (a *answer) media(p post) object {
	out := object{"media_key": mediaKey(p), "type": "photo"}
	fields := a.list("media.fields")
	if p.Media == "video" {
		out["type"] = "video"
		if fields["preview_image_url"] {
			out["preview_image_url"] = "https://pbs.example/" + p.ID + ".jpg"
		}
	} else if fields["url"] {
		out["url"] = "https://pbs.example/" + p.ID + ".jpg"
	}
	return out
}

// userObject gives a person with the fields that were asked for.
func (c *call) userObject(who person) object {
	fields := c.list("user.fields")
	out := object{"id": who.id, "name": who.name, "username": who.username}
	own := who.id == c.opt.UserID
	wrote := c.wrote(who)
	values := object{"protected": !own && protected(wrote), "verified": own, "verified_type": "none", "description": "",
		"created_at": time.Date(2020, 5, 4, 10, 0, 0, 0, time.UTC).Format(stamp), "receives_your_dm": !own && c.open(wrote)}
	if own {
		values["verified_type"] = "business"
	}
	values["public_metrics"] = object{"followers_count": 12, "following_count": 3, c.names.wrote: len(wrote), "listed_count": 0}
	for field := range fields {
		if v, ok := values[field]; ok {
			out[field] = v
		}
	}
	return out
}

// includeUser brings a person with the answer once, or says why not.
func (a *answer) includeUser(who person, by string) {
	if a.users[who.id] {
		return
	}
	a.users[who.id] = true
	if who.name == "" {
		a.errors = append(a.errors, a.names.suspended(by, who.id))
		return
	}
	a.included["users"] = append(a.included["users"], a.userObject(who))
}

// includePost brings what p refers to with the answer once, or says why not.
func (a *answer) includePost(p post, it *board.Item) {
	if it == nil {
		return
	}
	ref := asOf(it, p.Created)
	if a.posts[ref.id()] {
		return
	}
	a.posts[ref.id()] = true
	switch {
	case !a.stands(it) || a.hiddenFromUs(it):
		a.errors = append(a.errors, a.refused(it, a.names.expandRefs, ref.id()))
	default:
		a.included[a.names.included] = append(a.included[a.names.included], a.bare(ref))
		if a.expansions[a.names.expandRefs+".author_id"] {
			a.includeUser(a.author(it), a.names.expandRefs+".author_id")
		}
	}
}

// refused says why a post cannot be seen. it is nil where there is no such post.
func (a *answer) refused(it *board.Item, parameter, id string) partial {
	if it == nil || !a.stands(it) || a.on("posts") == "missing" {
		return a.names.notFound("tweet", parameter, id)
	}
	return a.names.notAuthorized(parameter, id)
}

// hiddenFromUs: its author protected her posts, or the practice may see nobody's.
func (x *X) hiddenFromUs(it *board.Item) bool {
	switch {
	case it.Own:
		return false
	case x.on("posts") != "visible":
		return true
	case it.Author == "":
		return it.More[moreProtected] == "true"
	}
	return protected(x.wrote(x.author(it)))
}
