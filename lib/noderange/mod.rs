//! Noderanges: text to a tree, a tree to nodes, nodes back to text.
