//! A tree and an index to nodes.

use std::cell::OnceCell;

use super::error::{Error, FileError, Place, ResolveError, Span};
use super::grammar;
use super::names::{Names, Sides};
use super::spell::Budget;
use super::tree::{ColumnTest, Expr, Kind, Level, Operand};
use super::word;

/// What resolving needs to know about the nodes.
pub trait Index {
    /// A failure of the database.
    type Error: std::error::Error + 'static;

    /// For each name whether a node of exactly this name is defined.
    /// One call for many names.
    fn defined(&self, names: &[String]) -> Result<Vec<bool>, Self::Error>;

    /// The members of a group, static or dynamic, possibly none; `None` if there is no such group.
    fn members(&self, group: &str) -> Result<Option<Vec<String>>, Self::Error>;

    /// For each name whether [`Index::members`] need be asked, because a
    /// group of this name may exist. One call for many names; by default all may.
    fn may_be_groups(&self, names: &[String]) -> Result<Vec<bool>, Self::Error> {
        Ok(vec![true; names.len()])
    }

    /// Every node.
    fn all(&self) -> Result<Vec<String>, Self::Error>;

    /// The nodes whose column passes the test; `None` if there is no such column.
    fn select(&self, test: &ColumnTest) -> Result<Option<Vec<String>>, Self::Error>;

    /// The text of a `^file` operand, read with the caller's rights and bounded.
    ///
    /// # Errors
    /// [`FileError`], with which the noderange is refused.
    fn file(&self, path: &str) -> Result<String, FileError>;

    /// Prefix and suffix for `10-15`: `node` and nothing in xCAT, unless
    /// `XCAT_NODE_PREFIX` and `XCAT_NODE_SUFFIX` say otherwise.
    fn affixes(&self) -> (&str, &str);

    /// The noderange of nodes that no noderange may name (site `excludenodes`).
    fn withheld(&self) -> Result<Option<String>, Self::Error> {
        Ok(None)
    }
}

/// The nodes of a noderange.
#[derive(Debug)]
pub struct Resolved {
    /// Each once, in natural order.
    pub nodes: Vec<String>,
    /// Ranges that stand for nothing, such as `n3-n1`, beside others that do.
    /// xCAT passes over them in silence; show them as warnings.
    pub warnings: Vec<Error>,
}

/// Finds the nodes of a noderange.
///
/// # Errors
/// Unknown names, columns and files, too many names, a range that stands for
/// nothing where nothing else is named, and what the index reports.
pub fn resolve<I: Index>(expr: &Expr, index: &I) -> Result<Resolved, ResolveError<I::Error>> {
    let mut run = Run::new(index);
    let mut nodes = run.all_of(std::slice::from_ref(expr))?.less();
    if !nodes.is_empty()
        && let Some(text) = index.withheld().map_err(ResolveError::Index)?
        && !text.trim().is_empty()
    {
        let withheld = grammar::read(text.trim(), false, Some("the site attribute excludenodes"))?;
        nodes.remove(&run.all_of(&[withheld])?.less());
    }
    if let Some(place) = run.first_unknown.take() {
        return Err(ResolveError::Unknown {
            names: run.unknown,
            place,
        });
    }
    let nodes = nodes.into_sorted();
    let mut warnings = run.warnings;
    if nodes.is_empty() && !warnings.is_empty() {
        return Err(warnings.swap_remove(0).into());
    }
    Ok(Resolved { nodes, warnings })
}

/// One resolving against an index.
struct Run<'i, I: Index> {
    index: &'i I,
    all: OnceCell<Vec<String>>,
    budget: Budget,
    unknown: Vec<String>,
    first_unknown: Option<Place>,
    warnings: Vec<Error>,
}

/// What the words of some expressions are, asked for at once and taken in the order in which they stand.
#[derive(Default)]
struct Words {
    nodes: std::vec::IntoIter<bool>,
    groups: std::vec::IntoIter<bool>,
}

type Outcome<T, I> = Result<T, ResolveError<<I as Index>::Error>>;

impl<'i, I: Index> Run<'i, I> {
    fn new(index: &'i I) -> Self {
        let (all, budget) = (OnceCell::new(), Budget::default());
        Self {
            index,
            all,
            budget,
            unknown: Vec::new(),
            first_unknown: None,
            warnings: Vec::new(),
        }
    }

    /// Several expressions as one: the lines of a file, or a single noderange.
    fn all_of(&mut self, exprs: &[Expr]) -> Outcome<Sides, I> {
        let mut words = self.look_up(exprs)?;
        let mut sides = Sides::default();
        for expr in exprs {
            self.level(expr, &expr.level, &mut words, &mut sides)?;
        }
        Ok(sides)
    }

    fn look_up(&self, exprs: &[Expr]) -> Outcome<Words, I> {
        let mut texts = Vec::new();
        for expr in exprs {
            collect(&expr.level, &expr.text, &mut texts);
        }
        if texts.is_empty() {
            return Ok(Words::default());
        }
        let nodes = self.index.defined(&texts).map_err(ResolveError::Index)?;
        let mut flags = nodes.iter();
        texts.retain(|_| !flags.next().copied().unwrap_or(false));
        let groups = if texts.is_empty() {
            Vec::new()
        } else {
            self.index
                .may_be_groups(&texts)
                .map_err(ResolveError::Index)?
        };
        Ok(Words {
            nodes: nodes.into_iter(),
            groups: groups.into_iter(),
        })
    }

    fn level(
        &mut self,
        expr: &Expr,
        level: &Level,
        words: &mut Words,
        to: &mut Sides,
    ) -> Outcome<(), I> {
        for item in &level.items {
            let mut names = self.operand(expr, &item.first, words)?;
            for other in &item.others {
                let other = self.operand(expr, other, words)?;
                names.keep(&other);
            }
            to.take(item, names);
        }
        Ok(())
    }

    fn operand(&mut self, expr: &Expr, operand: &Operand, words: &mut Words) -> Outcome<Names, I> {
        let span = operand.span;
        match &operand.kind {
            Kind::Word => self.word(expr, span, words),
            Kind::Pattern(pattern) => {
                self.warnings.extend(
                    pattern
                        .faults
                        .iter()
                        .map(|(p, span)| expr.error(p.clone(), *span)),
                );
                let names = expr.names_of(pattern, span, &mut self.budget)?;
                self.nodes_or_groups(names, || expr.place(span))
            }
            Kind::Regex(regex) => {
                let mut nodes = self.every_node()?.to_vec();
                nodes.retain(|name| regex.is_match(name));
                Ok(nodes.into())
            }
            Kind::Test(test) => match self.index.select(test).map_err(ResolveError::Index)? {
                Some(nodes) => Ok(nodes.into()),
                None => Err(ResolveError::Column {
                    column: test.column.clone(),
                    place: expr.place(span),
                }),
            },
            Kind::File => self.file(expr, span),
            Kind::Level(level) => {
                let mut sides = Sides::default();
                self.level(expr, level, words, &mut sides)?;
                Ok(sides.less())
            }
        }
    }

    fn every_node(&self) -> Outcome<&[String], I> {
        if self.all.get().is_none() {
            let all = self.index.all().map_err(ResolveError::Index)?;
            return Ok(self.all.get_or_init(|| all));
        }
        Ok(self.all.get().map(Vec::as_slice).unwrap_or_default())
    }

    /// A node wins over a group of the same name, both over what the word spells.
    fn word(&mut self, expr: &Expr, span: Span, words: &mut Words) -> Outcome<Names, I> {
        let text = span.of(&expr.text);
        if words.nodes.next().unwrap_or(false) {
            return Ok(Names::known(vec![text.to_owned()], true));
        }
        let group = words.groups.next().unwrap_or(false);
        if word::is_number(text) {
            return self.number(expr, span, group);
        }
        if group && let Some(members) = self.index.members(text).map_err(ResolveError::Index)? {
            return Ok(members.into());
        }
        match word::spread(text) {
            Ok(Some(spread)) => {
                let names = expr.names_of_spread(&spread, span, &mut self.budget)?;
                let names = Names::known(names, word::in_order(&spread));
                if word::is_bare(&spread) {
                    return self.numbers(names, || expr.place(span));
                }
                self.nodes_or_groups(names, || expr.place(span))
            }
            Ok(None) => {
                self.miss(text.to_owned(), || expr.place(span));
                Ok(Names::default())
            }
            Err(problem) if problem.passes() => {
                self.warnings.push(expr.error(problem, span));
                Ok(Names::default())
            }
            Err(problem) => Err(expr.error(problem, span).into()),
        }
    }

    fn miss(&mut self, name: String, place: impl Fn() -> Place) {
        self.first_unknown.get_or_insert_with(place);
        self.unknown.push(name);
    }

    /// Names from a range: each is a node, or else a group.
    fn nodes_or_groups(
        &mut self,
        names: Names,
        place: impl Fn() -> Place + Copy,
    ) -> Outcome<Names, I> {
        if names.is_empty() {
            return Ok(names);
        }
        let defined = self
            .index
            .defined(names.list())
            .map_err(ResolveError::Index)?;
        if defined.iter().all(|d| *d) {
            return Ok(names);
        }
        let (mut nodes, others) = names.split(&defined);
        let groups = self
            .index
            .may_be_groups(&others)
            .map_err(ResolveError::Index)?;
        for (name, group) in others.into_iter().zip(groups) {
            let members = if group {
                self.index.members(&name).map_err(ResolveError::Index)?
            } else {
                None
            };
            match members {
                Some(members) => nodes.add(members.into()),
                None => self.miss(name, place),
            }
        }
        Ok(nodes)
    }

    /// `10` is node10; only without that it may be a group.
    fn number(&mut self, expr: &Expr, span: Span, group: bool) -> Outcome<Names, I> {
        let text = span.of(&expr.text);
        let (prefix, suffix) = self.index.affixes();
        let full = Names::known(vec![[prefix, text, suffix].concat()], true);
        if group
            && self
                .index
                .defined(full.list())
                .map_err(ResolveError::Index)?
                == [false]
            && let Some(members) = self.index.members(text).map_err(ResolveError::Index)?
        {
            return Ok(members.into());
        }
        self.nodes_or_groups(full, || expr.place(span))
    }

    /// Each number of `10-15` is the node of this name, or else that with prefix and suffix.
    fn numbers(&mut self, names: Names, place: impl Fn() -> Place + Copy) -> Outcome<Names, I> {
        let (prefix, suffix) = self.index.affixes();
        let exact = self
            .index
            .defined(names.list())
            .map_err(ResolveError::Index)?;
        let (mut nodes, bare) = names.split(&exact);
        let full = bare
            .iter()
            .map(|number| [prefix, number, suffix].concat())
            .collect::<Vec<_>>();
        nodes.add(self.nodes_or_groups(full.into(), place)?);
        Ok(nodes)
    }

    /// The lines of a file, each a noderange up to the first blank or colon.
    fn file(&mut self, expr: &Expr, span: Span) -> Outcome<Names, I> {
        let path = span.of(&expr.text).trim_start_matches('^');
        let text = self.index.file(path).map_err(|source| {
            let place = expr.place(span);
            ResolveError::File {
                path: path.to_owned(),
                place,
                source,
            }
        })?;
        let mut lines = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let end = line.find([':', '\t', ' ']).unwrap_or(line.len());
            // Like xCAT, a file does not lead to further files.
            if end == 0 || line.starts_with(['#', '^']) {
                continue;
            }
            lines.push(grammar::read(
                &line[..end],
                true,
                Some(&format!("{path}, line {}", number + 1)),
            )?);
        }
        Ok(self.all_of(&lines)?.less())
    }
}

/// The words of a level, in the order in which they are resolved.
fn collect(level: &Level, text: &str, to: &mut Vec<String>) {
    for item in &level.items {
        for operand in std::iter::once(&item.first).chain(&item.others) {
            match &operand.kind {
                Kind::Word => to.push(operand.span.of(text).to_owned()),
                Kind::Level(level) => collect(level, text, to),
                _ => {}
            }
        }
    }
}
