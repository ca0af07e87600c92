//! The CBOR of a shape: specs/ballot.md#shape.

use tabella_crypto::shape::{Constraint, Form, Shape};

use crate::cbor::{Value as Cbor, integer};

pub fn encode(shape: &Shape) -> Vec<u8> {
    let slots = shape.slots().iter().map(form).collect();
    let constraints = shape.constraints().iter().map(constraint).collect();
    let ranged = shape.ranged().iter().map(|slot| integer(*slot)).collect();
    let parts = [Cbor::Array(slots), Cbor::Array(constraints), Cbor::Array(ranged)];
    Cbor::Array([integer(shape.free() as i128)].into_iter().chain(parts).collect()).encode()
}

fn constraint(constraint: &Constraint) -> Cbor {
    let product =
        |(factor, left, right): &(i64, Form, Form)| Cbor::Array(vec![integer(*factor), form(left), form(right)]);
    let products = constraint.products.iter().map(product).collect();
    Cbor::Array(vec![Cbor::Array(products), form(&constraint.rest)])
}

fn form(form: &Form) -> Cbor {
    let term = |(index, coefficient): &(u32, i64)| Cbor::Array(vec![integer(*index), integer(*coefficient)]);
    Cbor::Array(vec![integer(form.constant), Cbor::Array(form.terms.iter().map(term).collect())])
}
