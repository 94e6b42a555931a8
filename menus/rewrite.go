// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"fmt"
	"text/template/parse"
)

// rewrite changes a parsed template in three ways: every value that is printed goes through the guard of the slot, so
// that no author can forget it; functions that need to know the machine get the root data as first argument; and what
// is asked for with a default may be missing.
func rewrite(t *parse.Tree, s slot) error {
	r := rewriter{tree: t, guard: s.guard()}
	r.list(t.Root)
	return r.err
}

type rewriter struct {
	tree  *parse.Tree
	guard string
	err   error
}

func (r *rewriter) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		r.node(n)
	}
}

func (r *rewriter) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ActionNode:
		r.action(n)
	case *parse.IfNode:
		r.branch(&n.BranchNode)
	case *parse.RangeNode:
		r.branch(&n.BranchNode)
	case *parse.WithNode:
		r.branch(&n.BranchNode)
	case *parse.TemplateNode:
		if r.guard != "" {
			r.fail(n, "a line cannot be made by {{ template }}, whose values nobody looks at: expected {{ include }}")
		}
		r.pipe(n.Pipe)
	}
}

func (r *rewriter) branch(b *parse.BranchNode) {
	r.pipe(b.Pipe)
	r.list(b.List)
	r.list(b.ElseList)
}

// action guards a value that is printed; assignments print nothing.
func (r *rewriter) action(n *parse.ActionNode) {
	src := n.String()
	r.pipe(n.Pipe)
	if r.guard == "" || len(n.Pipe.Decl) > 0 {
		return
	}
	n.Pipe.Cmds = append(n.Pipe.Cmds, call(r.guard, n.Pos, &parse.StringNode{
		NodeType: parse.NodeString, Pos: n.Pos, Quoted: fmt.Sprintf("%q", src), Text: src,
	}))
}

func (r *rewriter) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for i, c := range p.Cmds {
		optional := i+1 < len(p.Cmds) && tolerant(p.Cmds[i+1])
		r.command(c, optional)
	}
}

// tolerant reports whether a command takes care of a value that is not there.
func tolerant(c *parse.CommandNode) bool {
	id, ok := c.Args[0].(*parse.IdentifierNode)
	return ok && (id.Ident == "default" || id.Ident == "required")
}

func (r *rewriter) command(c *parse.CommandNode, optional bool) {
	optional = optional || tolerant(c)
	if optional && len(c.Args) == 1 {
		if opt := asOptional(c.Args[0]); opt != nil {
			c.Args = opt.Args
			return
		}
	}
	for i, a := range c.Args {
		switch a := a.(type) {
		case *parse.PipeNode:
			r.pipe(a)
		default:
			if opt := asOptional(a); opt != nil && optional {
				c.Args[i] = &parse.PipeNode{NodeType: parse.NodePipe, Pos: a.Position(), Cmds: []*parse.CommandNode{opt}}
			}
		}
	}
	if id, ok := c.Args[0].(*parse.IdentifierNode); ok && needsRoot(id.Ident) {
		root := &parse.VariableNode{NodeType: parse.NodeVariable, Pos: id.Pos, Ident: []string{"$"}}
		c.Args = append([]parse.Node{id, root}, c.Args[1:]...)
	}
}

// asOptional turns .a.b into a look-up that gives nil for what is not there.
func asOptional(n parse.Node) *parse.CommandNode {
	var root parse.Node
	var path []string
	switch n := n.(type) {
	case *parse.FieldNode:
		root, path = &parse.DotNode{NodeType: parse.NodeDot, Pos: n.Pos}, n.Ident
	case *parse.VariableNode:
		if len(n.Ident) < 2 {
			return nil
		}
		root, path = &parse.VariableNode{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: n.Ident[:1]}, n.Ident[1:]
	default:
		return nil
	}
	c := call("_find", n.Position(), root)
	for _, key := range path {
		c.Args = append(c.Args, &parse.StringNode{NodeType: parse.NodeString, Pos: n.Position(), Quoted: fmt.Sprintf("%q", key), Text: key})
	}
	return c
}

func call(name string, pos parse.Pos, args ...parse.Node) *parse.CommandNode {
	id := parse.NewIdentifier(name).SetPos(pos)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: append([]parse.Node{id}, args...)}
}

func (r *rewriter) fail(n parse.Node, msg string) {
	if r.err == nil {
		at, _ := r.tree.ErrorContext(n)
		r.err = fmt.Errorf("template: %s: %w", at, &valueError{src: n.String(), msg: msg})
	}
}
