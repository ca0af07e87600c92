//! Where the mutants of a file stand in its syntax.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Context, Result};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr};

use crate::list::{Genre, Mutant};

/// A piece of the source that has mutants, with the places of the parts that it is written anew of.
#[derive(Debug)]
pub struct Site {
    pub range: Range<usize>,
    pub shape: Shape,
    /// The number of each mutant, and what its list puts in place.
    pub mutants: Vec<(u32, String)>,
}

#[derive(Debug)]
pub enum Shape {
    /// `left op right`.
    Binary { left: Range<usize>, right: Range<usize>, operator: String, meaning: Meaning },
    /// `!operand`, `-operand`.
    Unary { operand: Range<usize> },
    /// The condition after `if` in an arm.
    Guard,
    /// Where a condition could stand in an arm that has none.
    Arm,
    /// `name: value` before `..base`; `name` alone if there is no value.
    Field { name: String, value: Option<Range<usize>>, base: Range<usize> },
    /// The block of a function.
    Body,
}

/// What an operator does with what stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The right side is only looked at if the left asks for it.
    Lazy,
    /// Both are borrowed.
    Comparison,
    /// Both are taken.
    Arithmetic,
    /// The left is a place.
    Assignment,
}

/// The sites of these mutants, all of one file, each before those inside it; and the numbers of the mutants that can only be
/// tried alone.
pub fn sites(text: &str, mutants: &[&Mutant]) -> Result<(Vec<Site>, Vec<u32>)> {
    let file = syn::parse_file(text).context("a file that does not parse")?;
    let mut places: BTreeMap<(usize, bool), Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        places.entry((mutant.begin, mutant.genre == Genre::FnValue)).or_default().push(mutant);
    }
    let mut finder = Finder { places, sites: Vec::new() };
    finder.visit_file(&file);
    let alone = finder.places.into_values().flatten().map(|mutant| mutant.number).collect();
    let mut sites = finder.sites;
    // The sort is stable: what was met first is outside.
    sites.sort_by_key(|site| (site.range.start, std::cmp::Reverse(site.range.end)));
    Ok((sites, alone))
}

/// Takes each mutant out of `places` when it has found where it stands.
struct Finder<'a> {
    /// By the first byte that is replaced, and whether it is the body of a function.
    places: BTreeMap<(usize, bool), Vec<&'a Mutant>>,
    sites: Vec<Site>,
}

fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

impl Finder<'_> {
    fn meet(&mut self, begin: usize, is_body: bool, range: Range<usize>, shape: impl FnOnce() -> Shape) {
        if let Some(found) = self.places.remove(&(begin, is_body)) {
            let mutants = found.iter().map(|mutant| (mutant.number, mutant.replacement.clone())).collect();
            self.sites.push(Site { range, shape: shape(), mutants });
        }
    }

    fn body(&mut self, signature: &syn::Signature, block: &syn::Block) {
        // The switch reads the environment, which the compiler cannot.
        if let (Some(first), None) = (block.stmts.first(), &signature.constness) {
            self.meet(range(first).start, true, range(block), || Shape::Body);
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.body(&item.sig, &item.block);
        if item.sig.constness.is_none() {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.body(&item.sig, &item.block);
        if item.sig.constness.is_none() {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.body(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}

    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}

    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        // A `let` in a chain cannot be moved out of it.
        if !(has_let(&binary.left) || has_let(&binary.right)) {
            let (left, right) = (range(&binary.left), range(&binary.right));
            let operator = range(&binary.op);
            self.meet(operator.start, false, range(binary), || Shape::Binary {
                left,
                right,
                operator: spelling(&binary.op),
                meaning: meaning(&binary.op),
            });
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let operand = range(&unary.expr);
        self.meet(range(&unary.op).start, false, range(unary), || Shape::Unary { operand });
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, expression: &'ast syn::ExprMatch) {
        // An arm with a condition leaves its cases to others: there must be one that takes all.
        let takes_all = |arm: &syn::Arm| matches!(arm.pat, syn::Pat::Wild(_)) && arm.guard.is_none();
        let is_open = expression.arms.iter().any(takes_all);
        for arm in &expression.arms {
            match &arm.guard {
                Some((_, guard)) => self.meet(range(guard).start, false, range(guard), || Shape::Guard),
                None if is_open => {
                    let end = range(&arm.pat).end;
                    self.meet(range(arm).start, false, end..end, || Shape::Arm);
                }
                None => {}
            }
        }
        visit::visit_expr_match(self, expression);
    }

    fn visit_expr_struct(&mut self, expression: &'ast syn::ExprStruct) {
        for field in expression.rest.iter().flat_map(|base| expression.fields.iter().map(move |field| (base, field))) {
            let (base, field) = field;
            if let syn::Member::Named(name) = &field.member {
                let value = field.colon_token.as_ref().map(|_| range(&field.expr));
                let (name, base) = (name.to_string(), range(base.as_ref()));
                self.meet(range(field).start, false, range(field), || Shape::Field { name, value, base });
            }
        }
        visit::visit_expr_struct(self, expression);
    }
}

fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn spelling(operator: &BinOp) -> String {
    use BinOp as B;
    let spelling = match operator {
        B::Add(_) => "+",
        B::Sub(_) => "-",
        B::Mul(_) => "*",
        B::Div(_) => "/",
        B::Rem(_) => "%",
        B::And(_) => "&&",
        B::Or(_) => "||",
        B::BitXor(_) => "^",
        B::BitAnd(_) => "&",
        B::BitOr(_) => "|",
        B::Shl(_) => "<<",
        B::Shr(_) => ">>",
        B::Eq(_) => "==",
        B::Lt(_) => "<",
        B::Le(_) => "<=",
        B::Ne(_) => "!=",
        B::Ge(_) => ">=",
        B::Gt(_) => ">",
        B::AddAssign(_) => "+=",
        B::SubAssign(_) => "-=",
        B::MulAssign(_) => "*=",
        B::DivAssign(_) => "/=",
        B::RemAssign(_) => "%=",
        B::BitXorAssign(_) => "^=",
        B::BitAndAssign(_) => "&=",
        B::BitOrAssign(_) => "|=",
        B::ShlAssign(_) => "<<=",
        B::ShrAssign(_) => ">>=",
        _ => "",
    };
    spelling.to_owned()
}

fn meaning(operator: &BinOp) -> Meaning {
    use BinOp as B;
    match operator {
        B::And(_) | B::Or(_) => Meaning::Lazy,
        B::Eq(_) | B::Ne(_) | B::Lt(_) | B::Le(_) | B::Gt(_) | B::Ge(_) => Meaning::Comparison,
        B::Add(_) | B::Sub(_) | B::Mul(_) | B::Div(_) | B::Rem(_) => Meaning::Arithmetic,
        B::BitXor(_) | B::BitAnd(_) | B::BitOr(_) | B::Shl(_) | B::Shr(_) => Meaning::Arithmetic,
        _ => Meaning::Assignment,
    }
}
